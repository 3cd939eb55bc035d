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
  uint32_t isF16, n, steps, stride, leading;
  const char *rhs;
  uint32_t *registers;
};

/// Rows of core matrices, in bytes.
constexpr uint32_t kRowBytes = 16, kCoreRows = 8;
/// Those of A and of B in a step, of f16; of tf32 half as many.
constexpr uint32_t kStepColumns = 16, kMostColumns = 256;
} // namespace

/// The elements of f16 or the one of tf32 in 32 bits; how many there are.
static unsigned unpack(const WgmmaLane &lane, uint32_t bits, float *elements) {
  if (!lane.isF16) {
    elements[0] = fromTf32(bits);
    return 1;
  }
  elements[0] = fromF16(static_cast<uint16_t>(bits));
  elements[1] = fromF16(static_cast<uint16_t>(bits >> 16));
  return 2;
}

/// Reads B's rows `first` to `first` + 7 for one step, through the async proxy
/// and on behalf of all lanes. What is not there in tf32 stays 0.
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
      uint32_t words[kRowBytes / 4];
      std::memcpy(words, address, kRowBytes);
      unsigned column = half * (lane.isF16 ? 8 : 4);
      for (uint32_t word : words) {
        float elements[2];
        unsigned count = unpack(lane, word, elements);
        for (unsigned i = 0; i < count; ++i)
          b[column++][row] = static_cast<double>(elements[i]);
      }
    }
}

/// A's 16 rows for one step: a register has one column of tf32, or two
/// neighbours of f16; a lane has those number l % 4 in rows l / 4 and 8 further
/// down, then those 4 further on.
static void gatherLhs(WgmmaLane *const *lanes, uint32_t step,
                      float (&a)[16][kStepColumns]) {
  for (unsigned lane = 0; lane < kWarpSize; ++lane) {
    const uint32_t *registers = lanes[lane]->registers + 4 * step;
    for (unsigned i = 0; i < 4; ++i) {
      float elements[2];
      unsigned count = unpack(*lanes[lane], registers[i], elements);
      for (unsigned next = 0; next < count; ++next)
        a[lane / 4 + i % 2 * 8][count * (lane % 4 + i / 2 * 4) + next] =
            elements[next];
    }
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
    float a[16][kStepColumns] = {};
    gatherLhs(lanes, step, a);
    for (uint32_t column = 0; column < first.n; column += kCoreRows) {
      double b[kStepColumns][kCoreRows] = {};
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

void gdn_sim_wgmma(GdnSimThread *thread, uint32_t position, uint32_t is_f16,
                   uint32_t n, uint32_t steps, uint32_t stride,
                   uint32_t leading, void *rhs, uint32_t *registers) {
  const Site &site = thread->cta->getSite(position);
  if (thread->warp->lanes != ~0u)
    thread->cta->fail(*thread, site, "expects all 32 lanes of a warp");
  if ((reinterpret_cast<uintptr_t>(rhs) | stride | leading) % kRowBytes != 0 ||
      n > kMostColumns)
    thread->cta->fail(*thread, site,
                      "expects core matrices at multiples of 16 bytes");
  WgmmaLane lane = {thread,   &site,  is_f16,  n,
                    steps,    stride, leading, static_cast<const char *>(rhs),
                    registers};
  thread->cta->meetWarp(*thread, site, lane, executeWgmma);
}
