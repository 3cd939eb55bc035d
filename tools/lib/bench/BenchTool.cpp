//===- BenchTool.cpp - gdn-bench ------------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/BenchTool.h"
#include "runtime/core/Safetensors.h"
#include "tools/lib/Environment.h"
#include "tools/lib/Report.h"
#include "tools/lib/bench/Device.h"
#include "tools/lib/bench/Progress.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <cstdio>

using namespace gdn::runtime;
using namespace gdn::bench;

static constexpr const char *toolName = "gdn-bench";

/// Writes `text` to `file`, or to standard output for "-".
static Error write(const std::string &file, const std::string &text) {
  if (file == "-") {
    llvm::outs() << text;
    return Error::success();
  }
  std::FILE *stream = std::fopen(file.c_str(), "wb");
  bool written =
      stream && std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  bool closed = stream && std::fclose(stream) == 0;
  if (written && closed)
    return Error::success();
  return makeError("cannot write ", quote(file), ": ", describeErrno(errno));
}

static Error compareFiles(const BenchOptions &options) {
  Result<Results> before = readJson(options.compare->first);
  if (!before)
    return before.takeError();
  Result<Results> after = readJson(options.compare->second);
  if (!after)
    return after.takeError();
  RatioTable table = compareResults(*before, *after);
  llvm::outs() << table.text;
  if (table.numPairs == 0)
    return makeError("no row of ", quote(options.compare->first), " is in ",
                     quote(options.compare->second));
  if (options.failAbove && table.worst > *options.failAbove)
    return makeError("'", table.worstKey, "' takes ", table.worst,
                     " times as long as before, more than ",
                     *options.failAbove);
  return Error::success();
}

static Result<std::unique_ptr<Device>>
createDevice(const std::string &target, const BenchOptions &options) {
  CompileOptions compile = options.compile;
  if (Error error = parseTarget(target, compile))
    return error;
  if (compile.target == Target::Cpu)
    return createCpuDevice(options);
  return createCudaDevice(options, compile);
}

static std::vector<Workload> getWorkloads(const BenchOptions &options) {
  std::vector<Workload> workloads;
  for (const Shape &shape : options.shapes)
    for (const Member &member : options.members)
      for (DType dtype : options.dtypes)
        workloads.push_back({member, dtype, shape, options.schedule});
  return workloads;
}

/// Measures all rows; returns how many could not be, having said why.
static Result<size_t> measureAll(const BenchOptions &options,
                                 Results &results) {
  std::vector<Workload> workloads = getWorkloads(options);
  Progress progress(options.targets.size() * workloads.size());
  size_t numFailed = 0;
  for (const std::string &target : options.targets) {
    Result<std::unique_ptr<Device>> device = createDevice(target, options);
    if (!device)
      return device.takeError();
    results.machines.push_back((*device)->describe());
    for (const Workload &workload : workloads) {
      std::string name = target + " " + workload.format();
      progress.begin(name);
      Result<Row> row = (*device)->measure(workload);
      if (row) {
        results.rows.push_back(std::move(*row));
        continue;
      }
      ++numFailed;
      progress.clear();
      gdn::tools::printError(toolName, name + ": " + row.error().message());
    }
  }
  return numFailed;
}

static Error showResults(const BenchOptions &options, const Results &results) {
  if (options.json != "-" && options.plot != "-")
    llvm::outs() << formatTable(results);
  if (options.json)
    if (Error error = write(*options.json, formatJson(results)))
      return error;
  if (options.plot)
    return write(*options.plot, formatSvg(results));
  return Error::success();
}

static Error runBench(const BenchOptions &options) {
  if (options.compare)
    return compareFiles(options);
  if (Error error = gdn::tools::checkThreadsVariable())
    return error;
  if (!options.schedule.empty())
    if (Error error = checkSchedule(options.schedule))
      return error;
  if (options.threads)
    setNumThreads(static_cast<unsigned>(*options.threads));
  for (const std::optional<std::string> &file : {options.json, options.plot})
    if (file && *file != "-")
      if (Error error = checkWritable(*file))
        return error;
  Results results;
  Result<size_t> numFailed = measureAll(options, results);
  if (!numFailed)
    return numFailed.takeError();
  if (Error error = showResults(options, results))
    return error;
  if (*numFailed)
    return makeError(*numFailed, " of ", *numFailed + results.rows.size(),
                     " rows could not be measured");
  return Error::success();
}

int gdn::bench::benchMain(int argc, char **argv) {
  Result<BenchOptions> options = parseBenchOptions({argv + 1, argv + argc});
  Error error = Error::success();
  if (!options)
    error = options.takeError();
  else if (options->text)
    llvm::outs() << *options->text;
  else
    error = runBench(*options);
  llvm::outs().flush();
  if (!error && llvm::outs().has_error()) {
    llvm::outs().clear_error();
    error = makeError("cannot write to standard output");
  }
  if (error)
    gdn::tools::printError(toolName, error.message());
  return error ? 1 : 0;
}
