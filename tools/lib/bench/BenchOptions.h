//===- BenchOptions.h - The command line of gdn-bench -----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_BENCHOPTIONS_H
#define GDN_TOOLS_LIB_BENCH_BENCHOPTIONS_H

#include "runtime/jit/Targets.h"
#include "tools/lib/bench/Workload.h"

#include <optional>

namespace gdn::bench {

/// What the command line of gdn-bench asks for.
struct BenchOptions {
  /// "cpu" and "cuda", each at most once.
  std::vector<std::string> targets;
  std::vector<Shape> shapes;
  std::vector<Member> members;
  std::vector<runtime::DType> dtypes;
  /// The schedule of all rules, e.g. `#gdn.chunked_schedule<...>`; empty if the
  /// compiler chooses.
  std::string schedule;
  /// How to compile; the target is each of the above in turn.
  runtime::CompileOptions compile;

  /// Samples of a row: as many as `repeat`, but none is begun after `seconds`
  /// where there are three.
  int64_t repeat = 30;
  int64_t warmup = 3;
  double seconds = 2.0;
  uint64_t seed = 0;
  std::optional<int64_t> threads;

  std::optional<std::string> json;
  std::optional<std::string> plot;
  /// The files of results to compare, instead of measuring.
  std::optional<std::pair<std::string, std::string>> compare;
  std::optional<double> failAbove;
  /// What to print instead of running, for --help and --version.
  std::optional<std::string> text;
};

runtime::Result<BenchOptions>
parseBenchOptions(const std::vector<std::string> &arguments);

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_BENCHOPTIONS_H
