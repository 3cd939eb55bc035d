//===- RunTool.cpp - gdn-run ----------------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/RunTool.h"
#include "runtime/core/Compare.h"
#include "runtime/core/Safetensors.h"
#include "runtime/cuda/Gpu.h"
#include "runtime/jit/CompiledModule.h"
#include "runtime/sim/Simulator.h"
#include "tools/lib/Arguments.h"
#include "tools/lib/Decode.h"
#include "tools/lib/Environment.h"
#include "tools/lib/LoadModule.h"
#include "tools/lib/Report.h"
#include "tools/lib/RunOptions.h"
#include "tools/lib/Tolerance.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>

using namespace mlir;
using namespace gdn::runtime;
using namespace gdn::tools;

static constexpr const char *toolName = "gdn-run";

namespace {
using Clock = std::chrono::steady_clock;

/// One run of the program.
class RunTool {
public:
  explicit RunTool(const RunOptions &options) : options(options) {}

  Error run();

private:
  Error compile(ModuleOp module);
  Error runEntry(const std::string &name);
  Error runTests(const std::vector<std::string> &names);
  Error runTest(const std::string &name, std::string &summary);

  Result<std::vector<CallResult>>
  callRepeatedly(const EntryPoint &entry, std::vector<Tensor> &arguments);
  void printTimes(const EntryPoint &entry, const std::vector<Tensor> &arguments,
                  const std::vector<CallResult> &calls);
  Error compareWithReference(const std::string &name,
                             std::vector<Tensor> &arguments,
                             const CallResult &result, bool print);
  Bounds getBounds(const std::string &name) const {
    return {options.rtol, tensorCoreUsers.count(name) != 0};
  }
  Error writeOutputs(const EntryPoint &entry, CallResult &result);

  const RunOptions &options;
  std::unique_ptr<CompiledModule> compiled;
  std::unique_ptr<CompiledModule> reference;
  /// Functions whose results have the bounds of tensor cores.
  std::set<std::string> tensorCoreUsers;
};
} // namespace

//===----------------------------------------------------------------------===//
// Choosing and compiling
//===----------------------------------------------------------------------===//

/// The public functions that are defined in `module`.
static std::vector<func::FuncOp> getPublicFunctions(ModuleOp module) {
  std::vector<func::FuncOp> functions;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isDeclaration())
      functions.push_back(function);
  return functions;
}

static func::FuncOp findFunction(std::vector<func::FuncOp> &functions,
                                 const std::string &name) {
  for (func::FuncOp function : functions)
    if (function.getName() == name)
      return function;
  return {};
}

/// The function to call as --entry or `main`; none if all tests shall run,
/// which `tests` then names.
static Result<std::optional<std::string>>
chooseEntry(ModuleOp module, const RunOptions &options,
            std::vector<std::string> &tests) {
  std::vector<func::FuncOp> functions = getPublicFunctions(module);
  if (options.entry) {
    if (findFunction(functions, *options.entry))
      return options.entry;
    std::string names;
    for (func::FuncOp function : functions)
      names += (names.empty() ? "" : ", ") + function.getName().str();
    return makeError("no public function ", quote(*options.entry), " in ",
                     quote(options.file), names.empty() ? "" : "; it has ",
                     names);
  }
  if (findFunction(functions, "main"))
    return std::optional<std::string>("main");
  for (func::FuncOp function : functions)
    if (function.getNumArguments() == 0)
      tests.push_back(function.getName().str());
  if (tests.empty())
    return makeError(quote(options.file),
                     " has neither a function 'main' nor "
                     "a public function without arguments; use --entry");
  return std::optional<std::string>();
}

/// "cpu (znver5)", "cuda:sm_90a (NVIDIA H100, znver5)".
static Result<std::string> describeMachine(const CompileOptions &options) {
  std::string name = getTargetName(options.target), machine = getHostCpuName();
  if (options.target == Target::Cuda) {
    Result<cuda::DeviceInfo> device = cuda::getDeviceInfo();
    if (!device)
      return device.takeError();
    name += ":" + options.chip;
    machine = device->name + ", " + machine;
  }
  return name + " (" + machine + ")";
}

Error RunTool::compile(ModuleOp module) {
  OwningOpRef<ModuleOp> copy;
  if (options.compareWithReference || options.decode)
    copy = module.clone();
  auto start = Clock::now();
  Result<std::unique_ptr<CompiledModule>> result =
      CompiledModule::compile(module, options.compile);
  if (!result)
    return result.takeError();
  compiled = std::move(*result);
  std::chrono::duration<double> seconds = Clock::now() - start;
  bool threaded = options.compile.target != Target::Reference;
  unsigned threads = threaded ? getNumThreads() : 1;
  Result<std::string> machine = describeMachine(compiled->getOptions());
  if (!machine)
    return machine.takeError();
  printRow("target", *machine + ", " + std::to_string(threads) +
                         (threads == 1 ? " thread" : " threads"));
  printRow("compile", formatSeconds(seconds.count()));
  if (!copy)
    return Error::success();
  tensorCoreUsers = findTensorCoreUsers(*copy, compiled->getOptions());
  if (!options.compareWithReference)
    return Error::success();
  CompileOptions referenceOptions = options.compile;
  referenceOptions.target = Target::Reference;
  referenceOptions.widenResults = true;
  result = CompiledModule::compile(*copy, referenceOptions);
  if (!result)
    return makeError("reference: ", result.error().message());
  reference = std::move(*result);
  return Error::success();
}

/// Writes `text` to a file, or to standard output for "-".
static Error writeText(const std::string &path, const std::string &text) {
  if (path == "-") {
    llvm::outs() << text;
    return Error::success();
  }
  std::error_code code;
  llvm::raw_fd_ostream file(path, code);
  if (!code) {
    file << text;
    file.flush();
    code = file.error();
    file.clear_error();
  }
  return code ? makeError("cannot write ", quote(path), ": ", code.message())
              : Error::success();
}

/// Fails if a file that will be written cannot be, or is one of those read.
static Error checkWrittenFiles(const RunOptions &options) {
  std::vector<std::string> used = {options.file};
  if (options.inputs)
    used.push_back(*options.inputs);
  for (const auto &[name, file] : options.bytes)
    used.push_back(file);
  for (auto [flag, file] : {std::pair("--outputs", options.outputs),
                            {"--sim-report", options.simReport}}) {
    if (!file || (file == options.simReport && file == "-"))
      continue;
    for (const std::string &other : used)
      if (*file == other || llvm::sys::fs::equivalent(*file, other))
        return makeError(flag, " would overwrite ", quote(other),
                         "; give it a file of its own");
    if (Error error = checkWritable(*file))
      return error;
    used.push_back(*file);
  }
  return Error::success();
}

Error RunTool::run() {
  if (options.threads)
    setNumThreads(static_cast<unsigned>(*options.threads));
  cuda::setDevice(options.device);
  MLIRContext context(getRegistry());
  Result<OwningOpRef<ModuleOp>> module = loadModule(options.file, context);
  if (!module)
    return module.takeError();
  std::vector<std::string> tests;
  Result<std::optional<std::string>> entry =
      chooseEntry(**module, options, tests);
  if (!entry)
    return entry.takeError();
  if (!*entry && (options.inputs || options.outputs || options.decode ||
                  options.tokens || !options.bytes.empty()))
    return makeError("--inputs, --bytes, --tokens, --outputs and --decode need "
                     "a function 'main' or --entry");
  for (func::FuncOp function : getPublicFunctions(**module))
    if (*entry ? function.getName() == **entry
               : function.getNumArguments() == 0)
      if (Result<EntryPoint> known = getEntryPoint(function); !known)
        return known.takeError();
  if (Error error = checkWrittenFiles(options))
    return error;
  if (Error error = compile(**module))
    return error;
  if (Error error = *entry ? runEntry(**entry) : runTests(tests))
    return error;
  return options.simReport
             ? writeText(*options.simReport, sim::renderSimReport())
             : Error::success();
}

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

static std::vector<Tensor *> getPointers(std::vector<Tensor> &tensors) {
  std::vector<Tensor *> pointers;
  for (Tensor &tensor : tensors)
    pointers.push_back(&tensor);
  return pointers;
}

/// Prints all failed checks; fails if there is one.
static Error reportChecks(const CallReport &report) {
  if (report.failures.empty())
    return Error::success();
  for (const std::string &failure : report.failures)
    printError(toolName, failure);
  return makeError(report.failures.size(), " of ", report.numChecks,
                   " checks do not hold");
}

/// Calls `entry` as often as --repeat says. Only the first and the last call
/// keep their results; these must be equal.
Result<std::vector<CallResult>>
RunTool::callRepeatedly(const EntryPoint &entry,
                        std::vector<Tensor> &arguments) {
  std::vector<CallResult> calls;
  for (int64_t i = 0; i < options.repeat; ++i) {
    Result<CallResult> result = compiled->call(entry, getPointers(arguments));
    if (!result)
      return result.takeError();
    if (i > 1)
      calls.back().results.clear();
    calls.push_back(std::move(*result));
  }
  for (size_t i = 0; i < entry.results.size(); ++i)
    if (checksum(calls.front().results[i]) != checksum(calls.back().results[i]))
      return makeError("result ", quote(entry.results[i].name), " of ",
                       quote(entry.name), " differs from call to call");
  return calls;
}

void RunTool::printTimes(const EntryPoint &entry,
                         const std::vector<Tensor> &arguments,
                         const std::vector<CallResult> &calls) {
  std::vector<double> times;
  for (const CallResult &call : calls)
    times.push_back(call.seconds);
  std::sort(times.begin(), times.end());
  double median = times[times.size() / 2];
  std::string text = formatSeconds(median);
  if (times.size() > 1)
    text = "median " + text + ", min " + formatSeconds(times.front()) + " of " +
           std::to_string(times.size());
  if (int64_t tokens = countTokens(entry, arguments)) {
    double rate = static_cast<double>(tokens) / std::max(median, 1e-9);
    text += ", " + std::to_string(std::llround(rate)) + " tokens/s";
  }
  printRow("run", text);
}

static void printResults(const EntryPoint &entry, const CallResult &result) {
  for (size_t i = 0; i < entry.results.size(); ++i)
    printRow("result", pad(formatName(entry.results[i].name), 16) + " " +
                           pad(formatType(result.results[i]), 20) + " " +
                           formatChecksum(result.results[i]));
}

Error RunTool::compareWithReference(const std::string &name,
                                    std::vector<Tensor> &arguments,
                                    const CallResult &result, bool print) {
  Result<EntryPoint> entry = reference->lookup(name);
  if (!entry)
    return entry.takeError();
  Result<CallResult> expected = reference->call(*entry, getPointers(arguments));
  if (!expected)
    return makeError("reference: ", expected.error().message());
  if (print && entry->results.empty())
    printRow("compare", formatName(name) + " has no results");
  Error failure = Error::success();
  for (size_t i = 0; i < entry->results.size(); ++i) {
    const TensorSpec &spec = entry->results[i];
    Result<Comparison> comparison =
        compare(result.results[i], expected->results[i]);
    if (!comparison)
      return makeError("result ", quote(spec.name), ": ",
                       comparison.error().message());
    double bound =
        getTolerance(spec, result.results[i].getDType(), getBounds(name));
    double error = comparison->relativeError;
    bool within = error <= bound;
    if (print)
      printRow("compare", pad(formatName(spec.name), 16) + " relative error " +
                              formatNumber(error) + ", bound " +
                              formatNumber(bound));
    if (!within && !failure)
      failure =
          makeError("result ", quote(spec.name), " of ", quote(name),
                    " differs from the reference by ", formatNumber(error),
                    ", more than ", formatNumber(bound));
  }
  return failure;
}

Error RunTool::writeOutputs(const EntryPoint &entry, CallResult &result) {
  std::vector<NamedTensor> tensors;
  for (size_t i = 0; i < entry.results.size(); ++i)
    tensors.push_back({entry.results[i].name, std::move(result.results[i])});
  return writeSafetensors(*options.outputs, tensors);
}

Error RunTool::runEntry(const std::string &name) {
  Result<EntryPoint> entry = compiled->lookup(name);
  if (!entry)
    return entry.takeError();
  Result<std::vector<Tensor>> arguments = bindArguments(*entry, options);
  if (!arguments)
    return arguments.takeError();
  if (options.decode)
    return runDecode(*compiled, *entry, std::move(*arguments), *options.decode,
                     getBounds(name));
  Result<std::vector<CallResult>> calls = callRepeatedly(*entry, *arguments);
  if (!calls)
    return calls.takeError();
  CallResult &last = calls->back();
  printTimes(*entry, *arguments, *calls);
  printResults(*entry, last);
  if (last.report.numChecks)
    printRow("checks", std::to_string(last.report.numChecks));
  Error failure = reportChecks(last.report);
  if (reference) {
    Error error = compareWithReference(name, *arguments, last, /*print=*/true);
    if (!failure)
      failure = std::move(error);
  }
  if (options.outputs)
    if (Error error = writeOutputs(*entry, last))
      return error;
  return failure;
}

//===----------------------------------------------------------------------===//
// Tests
//===----------------------------------------------------------------------===//

/// Calls a function without arguments; `summary` is what to say if it passes.
Error RunTool::runTest(const std::string &name, std::string &summary) {
  Result<EntryPoint> entry = compiled->lookup(name);
  if (!entry)
    return entry.takeError();
  std::vector<Tensor> arguments;
  Result<std::vector<CallResult>> calls = callRepeatedly(*entry, arguments);
  if (!calls)
    return calls.takeError();
  const CallResult &last = calls->back();
  summary = std::to_string(last.report.numChecks) +
            (last.report.numChecks == 1 ? " check, " : " checks, ") +
            formatSeconds(last.seconds);
  if (Error error = reportChecks(last.report))
    return error;
  return reference ? compareWithReference(name, arguments, last,
                                          /*print=*/false)
                   : Error::success();
}

Error RunTool::runTests(const std::vector<std::string> &names) {
  size_t numFailed = 0;
  for (const std::string &name : names) {
    std::string summary;
    Error error = runTest(name, summary);
    if (error) {
      ++numFailed;
      printError(toolName, quote(name) + " failed: " + error.message());
    }
    printRow(error ? "failed" : "passed",
             name + (error ? "" : " (" + summary + ")"));
  }
  llvm::outs() << names.size() - numFailed << " passed, " << numFailed
               << " failed\n";
  if (numFailed == 0)
    return Error::success();
  return makeError(numFailed, " of ", names.size(), " tests failed");
}

int gdn::tools::runMain(int argc, char **argv) {
  if (Error error = checkThreadsVariable()) {
    printError(toolName, error.message());
    return 1;
  }
  Result<RunOptions> options = parseRunOptions({argv + 1, argv + argc});
  if (!options) {
    printError(toolName, options.error().message());
    return 1;
  }
  int status = 0;
  if (options->text) {
    llvm::outs() << *options->text;
  } else if (Error error = RunTool(*options).run()) {
    printError(toolName, error.message());
    status = 1;
  }
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    llvm::outs().clear_error();
    printError(toolName, "cannot write to standard output");
    status = 1;
  }
  return status;
}
