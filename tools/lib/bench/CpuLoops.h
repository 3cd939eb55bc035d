//===- CpuLoops.h - Loops that reach a CPU's limits -------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_CPULOOPS_H
#define GDN_TOOLS_LIB_BENCH_CPULOOPS_H

namespace gdn::bench {

/// The same loops are compiled for several levels of an instruction set.
struct CpuLoops {
  /// Runs `rounds` rounds of independent f32 multiply-adds in registers, and
  /// returns something that depends on all of them.
  float (*multiplyAdd)(long rounds);
  /// Floating-point operations of a round.
  long flopsPerRound;
  /// Copies `count` floats, both aligned to 64 bytes, `count` a multiple of 64.
  void (*copy)(float *to, const float *from, long count);
};

/// The loops for the best level that this CPU has.
const CpuLoops &getCpuLoops();

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_CPULOOPS_H
