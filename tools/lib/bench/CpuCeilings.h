//===- CpuCeilings.h - Measured limits of this CPU --------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_CPUCEILINGS_H
#define GDN_TOOLS_LIB_BENCH_CPUCEILINGS_H

#include "runtime/core/Error.h"

#include <cstdint>
#include <map>

namespace gdn::bench {

/// What so many threads at once reach on this machine. Each limit is measured
/// when it is first asked for, which takes some tenths of a second.
class CpuCeilings {
public:
  explicit CpuCeilings(unsigned threads) : threads(threads) {}

  /// f32 multiply-adds in registers, in flops per second.
  double getFmaPeak();

  /// Bytes read and written per second by copies that touch about `bytes` in
  /// all, again and again: what fits a cache shows that cache's limit. Fails if
  /// the memory cannot be had.
  runtime::Result<double> getCopyBandwidth(int64_t bytes);

private:
  unsigned threads;
  double fmaPeak = 0.0;
  /// By the power of two that the bytes were rounded to.
  std::map<int64_t, double> copyBandwidths;
};

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_CPUCEILINGS_H
