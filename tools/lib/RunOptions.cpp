//===- RunOptions.cpp - The command line of gdn-run -----------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/RunOptions.h"
#include "tools/lib/Flags.h"

#include <algorithm>

using namespace gdn::runtime;
using namespace gdn::tools;

static constexpr const char *overview =
    "usage: gdn-run [flags] FILE\n\n"
    "Compiles the MLIR module in FILE ('-': standard input) in memory and "
    "calls "
    "a\nfunction of it: the one given by --entry, else 'main', else every "
    "public function\nwithout arguments, whose check ops are tests.\n\n"
    "flags:\n";

static constexpr int64_t maxInt64 = std::numeric_limits<int64_t>::max();

namespace {
/// Values that flags store before they are checked together.
struct RawOptions {
  std::optional<int64_t> device, repeat, seed, chunkSize, valueSplit;
};
} // namespace

/// Splits NAME=FILE.
static Error addBytes(const std::string &value, RunOptions &options) {
  size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == value.size())
    return makeError("expects --bytes to be NAME=FILE, but got ", quote(value));
  std::string name = value.substr(0, equals);
  if (!options.bytes.emplace(name, value.substr(equals + 1)).second)
    return makeError("--bytes gives ", quote(name), " twice");
  return Error::success();
}

/// Splits json[:FILE].
static Error setSimReport(const std::string &value, RunOptions &options) {
  const std::string format = "json";
  if (value == format)
    options.simReport = "-";
  else if (value.compare(0, format.size() + 1, format + ":") == 0 &&
           value.size() > format.size() + 1)
    options.simReport = value.substr(format.size() + 1);
  else
    return makeError("expects --sim-report to be json or json:FILE, but got ",
                     quote(value));
  return Error::success();
}

static void addFlags(FlagParser &flags, RunOptions &options, RawOptions &raw) {
  flags.addString("entry", "NAME", "the function to call", options.entry);
  flags.add("target", "NAME",
            "'cpu' (default), 'reference', 'sim' or 'cuda[:CHIP]'",
            [&](const std::string &name) {
              return parseTarget(name, options.compile);
            });
  flags.addInteger("device", "GPU of target cuda (default 0)", raw.device, 0,
                   1023);
  flags.add(
      "sim-report", "json[:FILE]",
      "what kernels did on target sim: operations, bytes of each memory",
      [&](const std::string &value) { return setSimReport(value, options); });
  flags.addString("inputs", "FILE", "safetensors with arguments, by name",
                  options.inputs);
  flags.add("bytes", "NAME=FILE",
            "an integer argument that holds a file's bytes",
            [&](const std::string &value) { return addBytes(value, options); });
  flags.addInteger("seed", "of arguments filled by gdn.init (default 0)",
                   raw.seed, 0, maxInt64);
  flags.addInteger("tokens", "size of filled arguments' dynamic gdn.token_dim",
                   options.tokens, 0, maxInt64);
  flags.addString("outputs", "FILE", "where to write results, as safetensors",
                  options.outputs);
  flags.add("compare-with", "reference",
            "compares results with the definition of gdn's ops in f64\n"
            "(products around them stay in f32)",
            [&](const std::string &name) {
              options.compareWithReference = true;
              return name == "reference"
                         ? Error::success()
                         : makeError("expects --compare-with to be "
                                     "'reference', but got ",
                                     quote(name));
            });
  flags.addInteger("decode", "feeds the last N tokens one by one and compares",
                   options.decode, 1, maxInt64);
  flags.addNumber(
      "rtol",
      "bound on relative errors of results without a gdn.rtol\n"
      "(default 2e-5, f16 5e-4, bf16 4e-3; with chunks on tensor cores 1e-3,\n"
      "f16 3e-3, bf16 4e-3; --decode 5 times as far)",
      options.rtol);
  flags.addInteger("repeat", "calls to time (default 1)", raw.repeat, 1,
                   1000000);
  flags.addInteger("threads", "threads of parallel loops", options.threads, 1,
                   1024);
  flags.addInteger("chunk-size",
                   "tokens of a chunk, for target cpu (default 16)",
                   raw.chunkSize, 1, 128);
  flags.addInteger("value-split",
                   "parts of a head's value channels, for target cpu\n"
                   "(0 chooses)",
                   raw.valueSplit, 0, maxInt64);
}

/// Fails if flags are given that need or exclude each other.
static Error checkCombination(const RunOptions &options) {
  if (!options.decode && !options.compareWithReference && options.rtol)
    return makeError("--rtol needs --compare-with or --decode");
  if (!options.decode)
    return Error::success();
  if (options.compareWithReference)
    return makeError("--decode excludes --compare-with");
  if (options.outputs)
    return makeError("--decode excludes --outputs");
  if (options.repeat != 1)
    return makeError("--decode excludes --repeat");
  return Error::success();
}

Result<RunOptions>
gdn::tools::parseRunOptions(const std::vector<std::string> &arguments) {
  RunOptions options;
  RawOptions raw;
  FlagParser flags;
  addFlags(flags, options, raw);
  auto has = [&](const char *flag) {
    return std::find(arguments.begin(), arguments.end(), flag) !=
           arguments.end();
  };
  if (has("--help") || has("-h"))
    options.text = overview + flags.getHelp();
  else if (has("--version"))
    options.text = "gdn-run " GDN_VERSION "\n";
  if (options.text)
    return options;

  Result<std::vector<std::string>> files = flags.parse(arguments);
  if (!files)
    return files.takeError();
  if (files->empty())
    return makeError("expects a file, or '-' for standard input");
  if (files->size() > 1)
    return makeError("expects one file, but also got ", quote((*files)[1]));
  options.file = files->front();
  options.repeat = raw.repeat.value_or(options.repeat);
  options.seed = static_cast<uint64_t>(raw.seed.value_or(0));
  options.compile.chunkSize = raw.chunkSize.value_or(options.compile.chunkSize);
  options.compile.valueSplit =
      raw.valueSplit.value_or(options.compile.valueSplit);
  if (raw.device && options.compile.target != Target::Cuda)
    return makeError("--device needs --target=cuda");
  if ((raw.chunkSize || raw.valueSplit) &&
      options.compile.target != Target::Cpu)
    return makeError("--chunk-size and --value-split need --target=cpu");
  if (options.simReport && options.compile.target != Target::Sim)
    return makeError("--sim-report needs --target=sim");
  options.device = static_cast<int>(raw.device.value_or(0));
  if (Error error = checkCombination(options))
    return error;
  return options;
}
