//===- CpuLoops.cpp - Loops that reach a CPU's limits ---------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Compiled once for each level of the instruction set, into a table of another
// name each time. So it must not use inline functions of any header: the linker
// keeps one copy of these, which may be one that this CPU cannot run.
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/CpuLoops.h"

#if defined(__AVX512F__)
#define GDN_LANES 16
#elif defined(__AVX__)
#define GDN_LANES 8
#else
#define GDN_LANES 4
#endif

/// A vector register.
typedef float Vector __attribute__((vector_size(4 * GDN_LANES)));

/// More than the latency of a multiply-add times how many start in a cycle.
static constexpr int numSums = 12;
static constexpr int unroll = 8;

static float multiplyAdd(long rounds) {
  Vector sums[numSums];
  for (int i = 0; i < numSums; ++i)
    sums[i] = Vector{} + static_cast<float>(i);
  Vector factor = Vector{} + 0.999f, summand = Vector{} + 0.001f;
  for (long round = 0; round < rounds; ++round) {
    // Keeps the compiler from computing with known values.
    __asm__ volatile("" : "+m"(factor), "+m"(summand));
    for (int j = 0; j < unroll; ++j)
      for (int i = 0; i < numSums; ++i)
        sums[i] = sums[i] * factor + summand;
  }
  Vector all = Vector{};
  for (int i = 0; i < numSums; ++i)
    all += sums[i];
  float sum = 0.0f;
  for (int lane = 0; lane < GDN_LANES; ++lane)
    sum += all[lane];
  return sum;
}

static void copy(float *to, const float *from, long count) {
  auto *target = reinterpret_cast<Vector *>(to);
  auto *source = reinterpret_cast<const Vector *>(from);
  for (long i = 0; i < count / GDN_LANES; i += 4) {
    Vector a = source[i], b = source[i + 1];
    Vector c = source[i + 2], d = source[i + 3];
    target[i] = a;
    target[i + 1] = b;
    target[i + 2] = c;
    target[i + 3] = d;
  }
}

namespace gdn::bench {
extern const CpuLoops GDN_CPU_LOOPS;
const CpuLoops GDN_CPU_LOOPS = {multiplyAdd, 2L * unroll * numSums * GDN_LANES,
                                copy};
} // namespace gdn::bench
