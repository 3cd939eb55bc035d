//===- Device.cpp - Where workloads are measured --------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/Device.h"
#include "gdn/IR/Gdn.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "runtime/jit/FirstError.h"
#include "tools/lib/LoadModule.h"

#include <chrono>
#include <cmath>

using namespace gdn::runtime;
using namespace gdn::bench;

using Clock = std::chrono::steady_clock;

static double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Result<CompiledWorkload>
gdn::bench::compileWorkload(const Workload &workload,
                            const CompileOptions &options) {
  std::string text = workload.getModuleText();
  mlir::MLIRContext context(gdn::tools::getRegistry());
  CompiledWorkload compiled;
  auto start = Clock::now();
  FirstError firstError(&context);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    return firstError.get("the rule cannot be parsed");
  Result<std::unique_ptr<CompiledModule>> result =
      CompiledModule::compile(*module, options);
  if (!result)
    return result.takeError();
  compiled.seconds = secondsSince(start);
  compiled.module = std::move(*result);
  Result<EntryPoint> entry = compiled.module->lookup("rule");
  if (!entry)
    return entry.takeError();
  compiled.entry = std::move(*entry);
  return compiled;
}

Error gdn::bench::checkSchedule(const std::string &text) {
  mlir::MLIRContext context(gdn::tools::getRegistry());
  context.loadDialect<GdnDialect>();
  std::string message;
  mlir::ScopedDiagnosticHandler handler(
      &context, [&](mlir::Diagnostic &diagnostic) {
        message = message.empty() ? ": " + diagnostic.str() : message;
      });
  mlir::Attribute attribute = mlir::parseAttribute(text, &context);
  if (mlir::isa_and_present<ScheduleInterface>(attribute))
    return Error::success();
  return makeError("expects --schedule to be #gdn.schedule<...> or "
                   "#gdn.chunked_schedule<...>, but got ",
                   quote(text), message);
}

Row gdn::bench::makeRow(const Workload &workload, const std::string &target) {
  Row row;
  row.target = target;
  row.member = workload.member.name;
  row.dtype = getDTypeName(workload.dtype);
  row.shape = workload.shape;
  row.tokens = workload.countTokens();
  row.bytes = workload.countBytes();
  row.flops = workload.countFlops();
  return row;
}

Result<Times>
gdn::bench::takeSamples(const BenchOptions &options,
                        const std::function<Result<double>()> &sample) {
  constexpr size_t fewest = 3;
  for (int64_t i = 0; i < options.warmup; ++i)
    if (Result<double> seconds = sample(); !seconds)
      return seconds.takeError();
  std::vector<double> samples;
  auto start = Clock::now();
  for (int64_t i = 0; i < options.repeat; ++i) {
    if (samples.size() >= fewest && secondsSince(start) > options.seconds)
      break;
    Result<double> seconds = sample();
    if (!seconds)
      return seconds.takeError();
    samples.push_back(*seconds);
  }
  return summarize(std::move(samples));
}

Error gdn::bench::checkResult(const Tensor &result, const std::string &name) {
  bool anyNonZero = false;
  for (int64_t i = 0; i < result.getNumElements(); ++i) {
    double value = result.at(i);
    if (!std::isfinite(value))
      return makeError("element ", i, " of ", name, " is ", value);
    anyNonZero |= value != 0.0;
  }
  return anyNonZero ? Error::success()
                    : makeError("all elements of ", name, " are 0");
}
