//===- Warpgroup.cpp - Products of four warps -----------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Cta.h"
#include "runtime/sim/Floats.h"
#include "runtime/sim/Product.h"

#include <cstring>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

namespace {
/// A lane's part of a product. Each warp of a warpgroup has 16 of 64 rows and
/// reads all of B, so it is taken alone.
struct WgmmaLane {
  Thread *thread;
  const Site *site;
  uint32_t n, steps, stride, leading;
  const char *rhs;
  uint32_t *registers;
};

/// Rows of core matrices, in bytes and in elements of tf32.
constexpr uint32_t kRowBytes = 16, kRowElements = 4;
constexpr uint32_t kCoreRows = 8, kStepColumns = 8, kMostColumns = 256;
} // namespace

/// Reads B's rows `first` to `first` + 7 for one step, through the async proxy
/// and on behalf of all lanes.
static void loadRhs(const WgmmaLane &lane, uint32_t step, uint32_t first,
                    double (&b)[kStepColumns][kCoreRows]) {
  Actor actor = lane.thread->cta->getActor(*lane.thread);
  actor.isAsync = true;
  actor.numWarps = 1;
  for (uint32_t half = 0; half < 2; ++half)
    for (uint32_t row = 0; row < kCoreRows; ++row) {
      const char *address = lane.rhs + first / kCoreRows * lane.stride +
                            (2 * step + half) * lane.leading + row * kRowBytes;
      checkAccess(*lane.thread, *lane.site,
                  {kRowBytes, kRowBytes, /*isWrite=*/false, Space::Shared},
                  address, &actor);
      uint32_t elements[kRowElements];
      std::memcpy(elements, address, kRowBytes);
      for (uint32_t i = 0; i < kRowElements; ++i)
        b[half * kRowElements + i][row] =
            static_cast<double>(fromTf32(elements[i]));
    }
}

/// A's 16 rows for one step: a lane has rows l / 4 and 8 further down of column
/// l % 4, then of the column 4 further on.
static void gatherLhs(WgmmaLane *const *lanes, uint32_t step,
                      float (&a)[16][kStepColumns]) {
  for (unsigned lane = 0; lane < kWarpSize; ++lane) {
    const uint32_t *registers = lanes[lane]->registers + 4 * step;
    for (unsigned i = 0; i < 4; ++i)
      a[lane / 4 + i % 2 * 8][lane % 4 + i / 2 * 4] = fromTf32(registers[i]);
  }
}

/// Where a lane has the sum of a row (0 or 1, 8 further down) and a column.
static uint32_t &getSum(const WgmmaLane &lane, uint32_t column, unsigned row,
                        unsigned next) {
  return lane.registers[4 * lane.steps + column / 2 + 2 * row + next];
}

static void executeWgmma(WgmmaLane *const *lanes, uint32_t) {
  const WgmmaLane &first = *lanes[0];
  for (uint32_t step = 0; step < first.steps; ++step) {
    float a[16][kStepColumns];
    gatherLhs(lanes, step, a);
    for (uint32_t column = 0; column < first.n; column += kCoreRows) {
      double b[kStepColumns][kCoreRows];
      loadRhs(first, step, column, b);
      for (unsigned row = 0; row < 16; ++row) {
        float sums[kCoreRows];
        for (unsigned j = 0; j < kCoreRows; ++j)
          sums[j] = toFloat(
              getSum(*lanes[row % 8 * 4 + j / 2], column, row / 8, j % 2));
        multiplyRow<kStepColumns>(a[row], b[0], sums, kCoreRows);
        for (unsigned j = 0; j < kCoreRows; ++j)
          getSum(*lanes[row % 8 * 4 + j / 2], column, row / 8, j % 2) =
              toBits(sums[j]);
      }
    }
  }
}

void gdn_sim_wgmma(GdnSimThread *thread, uint32_t position, uint32_t n,
                   uint32_t steps, uint32_t stride, uint32_t leading, void *rhs,
                   uint32_t *registers) {
  const Site &site = thread->cta->getSite(position);
  if (thread->warp->lanes != ~0u)
    thread->cta->fail(*thread, site, "expects all 32 lanes of a warp");
  if ((reinterpret_cast<uintptr_t>(rhs) | stride | leading) % kRowBytes != 0 ||
      n > kMostColumns)
    thread->cta->fail(*thread, site,
                      "expects core matrices at multiples of 16 bytes");
  WgmmaLane lane = {thread,
                    &site,
                    n,
                    steps,
                    stride,
                    leading,
                    static_cast<const char *>(rhs),
                    registers};
  thread->cta->meetWarp(*thread, site, lane, executeWgmma);
}
