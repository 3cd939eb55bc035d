//===- Results.h - What was measured, and files of it -----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_RESULTS_H
#define GDN_TOOLS_LIB_BENCH_RESULTS_H

#include "tools/lib/bench/Workload.h"

#include <optional>
#include <string>
#include <vector>

namespace gdn::bench {

/// Times of one call, in seconds.
struct Times {
  double median = 0.0;
  double p20 = 0.0, p80 = 0.0;
  int64_t samples = 0;
};

/// The times in `samples`, of which there is one at least.
Times summarize(std::vector<double> samples);

/// What the driver says about a kernel; bytes are of a thread or a block.
struct KernelResources {
  int64_t registers = 0;
  int64_t spillBytes = 0;
  int64_t sharedBytes = 0;
};

/// One workload on one target.
struct Row {
  std::string target;
  /// Of the member and the element type.
  std::string member, dtype;
  Shape shape;

  Times times;
  int64_t tokens = 0;
  int64_t bytes = 0;
  double flops = 0.0;
  double compileSeconds = 0.0;
  /// Measured in this run: bytes read and written per second by a copy of as
  /// many bytes as the row's, and multiply-adds as flops per second, 0 if that
  /// was not measured.
  double copyBandwidth = 0.0;
  double fmaPeak = 0.0;
  /// GPU only: from the rule's text to its first result, with the context and
  /// the operands in place; host time of one launch; what its kernel needs.
  std::optional<double> firstSeconds;
  std::optional<double> launchSeconds;
  std::optional<KernelResources> resources;

  double getTokenRate() const;
  double getBandwidth() const;
  double getFlopRate() const;
  /// The time that the bytes, or the flops, take at the measured limit, over
  /// the median; 0 if the limit was not measured.
  double getByteShare() const;
  double getFlopShare() const;

  /// "cpu gdn2 f32 1,2048,16,128": what rows of two runs are matched by.
  std::string getKey() const;
};

/// A run of gdn-bench.
struct Results {
  /// What it ran on: "znver5, 2 threads", a GPU's name.
  std::vector<std::string> machines;
  std::vector<Row> rows;
};

/// JSON, with derived numbers beside those that readJson reads back.
std::string formatJson(const Results &results);

/// Fails with a sentence if the file cannot be read or was not written by
/// formatJson.
runtime::Result<Results> readJson(const std::string &file);

/// A table for terminals.
std::string formatTable(const Results &results);

/// A drawing of the rows: bars of the shares of the measured limits.
std::string formatSvg(const Results &results);

/// A table of the ratios of medians, `after` over `before`, of rows with one
/// key, and of rows that only one side has.
struct RatioTable {
  std::string text;
  size_t numPairs = 0;
  /// The greatest ratio and its row's key.
  double worst = 0.0;
  std::string worstKey;
};
RatioTable compareResults(const Results &before, const Results &after);

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_RESULTS_H
