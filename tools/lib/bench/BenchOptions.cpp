//===- BenchOptions.cpp - The command line of gdn-bench -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/BenchOptions.h"
#include "tools/lib/Flags.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

using namespace gdn::runtime;
using namespace gdn::bench;
using gdn::tools::FlagParser;
using llvm::StringRef;

static constexpr const char *overview =
    "usage: gdn-bench [flags]\n"
    "       gdn-bench --compare BEFORE.json AFTER.json [--fail-above=R]\n\n"
    "Measures gdn.delta_rule, each member of the family, element type and "
    "shape "
    "on each\ntarget, and beside it what a copy and multiply-adds reach on the "
    "same machine.\n\n"
    "flags:\n";

static constexpr int64_t maxInt64 = std::numeric_limits<int64_t>::max();

namespace {
/// Values that flags store before they are checked together.
struct RawOptions {
  std::optional<int64_t> repeat, warmup, seed, chunkSize, valueSplit;
  std::optional<double> seconds;
  std::optional<std::string> before, schedule;
};
} // namespace

/// Calls `accept` with the words of `text` between commas.
static Error
forEachWord(const std::string &text,
            llvm::function_ref<Error(const std::string &word)> accept) {
  llvm::SmallVector<StringRef> words;
  StringRef(text).split(words, ',');
  for (StringRef word : words)
    if (Error error = accept(word.str()))
      return error;
  return Error::success();
}

static bool hasTarget(const BenchOptions &options, StringRef kind) {
  return llvm::any_of(options.targets, [&](StringRef name) {
    return name.split(':').first == kind;
  });
}

static Error addTarget(const std::string &name, BenchOptions &options) {
  StringRef kind = StringRef(name).split(':').first;
  if (kind != "cpu" && kind != "cuda")
    return makeError("expects --target to be of cpu and cuda, but got ",
                     quote(name));
  CompileOptions target;
  if (Error error = parseTarget(name, target))
    return error;
  // One machine has one of each: with a chip's name it is still the same.
  if (hasTarget(options, kind))
    return makeError("--target names ", quote(kind), " twice");
  options.targets.push_back(name);
  return Error::success();
}

static Error addDType(const std::string &name, BenchOptions &options) {
  for (DType dtype : {GDN_DTYPE_F32, GDN_DTYPE_BF16, GDN_DTYPE_F16})
    if (name == getDTypeName(dtype)) {
      if (llvm::is_contained(options.dtypes, dtype))
        return makeError("--dtype names ", quote(name), " twice");
      options.dtypes.push_back(dtype);
      return Error::success();
    }
  return makeError("expects --dtype to be of f32, bf16 and f16, but got ",
                   quote(name));
}

/// Rows of results are told apart by what names them: none may come twice.
template <typename T>
static Error append(StringRef flag, std::vector<T> &all,
                    Result<std::vector<T>> more,
                    llvm::function_ref<std::string(const T &)> getName) {
  if (!more)
    return more.takeError();
  for (const T &one : *more) {
    std::string name = getName(one);
    if (llvm::any_of(all,
                     [&](const T &other) { return getName(other) == name; }))
      return makeError("--", flag.str(), " names ", quote(name), " twice");
    all.push_back(one);
  }
  return Error::success();
}

static void addWorkloadFlags(FlagParser &flags, BenchOptions &options) {
  flags.add("target", "LIST", "of cpu (default) and cuda",
            [&](const std::string &text) {
              return forEachWord(text, [&](const std::string &word) {
                return addTarget(word, options);
              });
            });
  flags.add("shapes", "LIST",
            "B,T,H,K[,V[,HV]] or fla, decode, speculate, small (default), "
            "separated by ':'",
            [&](const std::string &text) {
              return append<Shape>(
                  "shapes", options.shapes, parseShapes(text),
                  [](const Shape &shape) { return shape.format(); });
            });
  flags.add("members", "LIST",
            "of gdn2 (default), kda, gdn, delta, gla, mamba2, linear",
            [&](const std::string &text) {
              return append<Member>(
                  "members", options.members, parseMembers(text),
                  [](const Member &member) { return member.name; });
            });
  flags.add("dtype", "LIST", "of f32 (default), bf16, f16",
            [&](const std::string &text) {
              return forEachWord(text, [&](const std::string &word) {
                return addDType(word, options);
              });
            });
}

static void addFlags(FlagParser &flags, BenchOptions &options,
                     RawOptions &raw) {
  addWorkloadFlags(flags, options);
  flags.addInteger("repeat", "samples of a row (default 30)", raw.repeat, 1,
                   1000000);
  flags.addInteger("warmup", "calls before them (default 3)", raw.warmup, 0,
                   1000000);
  flags.addNumber("seconds",
                  "after which a row takes no more samples (default 2)",
                  raw.seconds);
  flags.addInteger("seed", "of the operands (default 0)", raw.seed, 0,
                   maxInt64);
  flags.addInteger("threads", "threads of the CPU", options.threads, 1, 1024);
  flags.addInteger("chunk-size", "tokens of a chunk on the CPU (default 16)",
                   raw.chunkSize, 1, 128);
  flags.addInteger("value-split",
                   "parts of a head's value channels (0 chooses)",
                   raw.valueSplit, 0, maxInt64);
  flags.addString("schedule", "ATTRIBUTE",
                  "how the rules become GPU kernels (chosen by the compiler)",
                  raw.schedule);
  flags.addString("json", "FILE",
                  "where to write results; '-' prints them instead of a table",
                  options.json);
  flags.addString(
      "plot", "FILE",
      "where to draw results, as SVG; '-' prints it instead of a table",
      options.plot);
  flags.addString("compare", "FILE", "compares two files of results",
                  raw.before);
  flags.addNumber("fail-above",
                  "fails if a ratio of --compare, after over before, exceeds X",
                  options.failAbove);
}

/// Checks what belongs to --compare.
static Error finishCompare(const RawOptions &raw,
                           const std::vector<std::string> &files,
                           BenchOptions &options) {
  if (!raw.before) {
    if (!files.empty())
      return makeError("expects flags only, but got ", quote(files.front()));
    if (options.failAbove)
      return makeError("--fail-above needs --compare");
    return Error::success();
  }
  if (files.size() != 1)
    return makeError("expects two files for --compare, but got ",
                     files.size() + 1);
  if (options.json || options.plot)
    return makeError("--compare excludes --json and --plot");
  options.compare = {*raw.before, files.front()};
  return Error::success();
}

/// Checks what only one of the targets serves, and where results go.
static Error checkCombination(const RawOptions &raw,
                              const BenchOptions &options) {
  if (raw.schedule && hasTarget(options, "cpu"))
    return makeError("--schedule needs --target=cuda alone: the CPU has no "
                     "schedules");
  if ((raw.chunkSize || raw.valueSplit) && !hasTarget(options, "cpu"))
    return makeError("--chunk-size and --value-split need --target=cpu");
  if (options.json && options.json == options.plot)
    return makeError("--json and --plot both write ", quote(*options.json),
                     "; give each a file of its own");
  return Error::success();
}

static void setDefaults(const RawOptions &raw, BenchOptions &options) {
  if (options.targets.empty())
    options.targets = {"cpu"};
  if (options.shapes.empty())
    options.shapes = *parseShapes("small");
  if (options.members.empty())
    options.members = *parseMembers("gdn2");
  if (options.dtypes.empty())
    options.dtypes = {GDN_DTYPE_F32};
  options.repeat = raw.repeat.value_or(options.repeat);
  options.warmup = raw.warmup.value_or(options.warmup);
  options.seconds = raw.seconds.value_or(options.seconds);
  options.seed = static_cast<uint64_t>(raw.seed.value_or(0));
  options.compile.chunkSize = raw.chunkSize.value_or(options.compile.chunkSize);
  options.schedule = raw.schedule.value_or("");
  options.compile.valueSplit =
      raw.valueSplit.value_or(options.compile.valueSplit);
}

Result<BenchOptions>
gdn::bench::parseBenchOptions(const std::vector<std::string> &arguments) {
  BenchOptions options;
  RawOptions raw;
  FlagParser flags;
  addFlags(flags, options, raw);
  if (llvm::is_contained(arguments, "--help") ||
      llvm::is_contained(arguments, "-h"))
    options.text = overview + flags.getHelp();
  else if (llvm::is_contained(arguments, "--version"))
    options.text = "gdn-bench " GDN_VERSION "\n";
  if (options.text)
    return options;
  Result<std::vector<std::string>> files = flags.parse(arguments);
  if (!files)
    return files.takeError();
  if (Error error = finishCompare(raw, *files, options))
    return error;
  setDefaults(raw, options);
  if (Error error = checkCombination(raw, options))
    return error;
  return options;
}
