//===- Matrix.cpp - Products and tiles of a warp --------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Cta.h"
#include "runtime/sim/Floats.h"
#include "runtime/sim/Product.h"

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

//===----------------------------------------------------------------------===//
// mma.sync
//===----------------------------------------------------------------------===//

namespace {
/// A lane's registers: of a, then of b, then of c, which the results replace.
struct MmaLane {
  uint32_t type, k;
  uint32_t *registers;
};

/// The operands of m16n8k16 or a smaller product.
struct MmaTiles {
  float a[16][16];
  double b[16][8];
  float c[16][8];
};
} // namespace

/// Calls `take(row, column, value)` for what a register of a lane holds of an
/// operand of which one register has the elements of columns 2 t and 2 t + 1,
/// or of column t for types of 32 bits; t is the lane's place in its quad.
template <typename Take>
static void unpack(uint32_t type, unsigned lane, uint32_t bits, unsigned row,
                   unsigned column, Take take) {
  unsigned place = lane % 4;
  if (type == GDN_SIM_TF32)
    return take(row, column + place, fromTf32(bits));
  auto low = static_cast<uint16_t>(bits), high = uint16_t(bits >> 16);
  bool isF16 = type == GDN_SIM_F16;
  take(row, column + 2 * place, isF16 ? fromF16(low) : fromBf16(low));
  take(row, column + 2 * place + 1, isF16 ? fromF16(high) : fromBf16(high));
}

/// Columns of a (rows of b) that one register of each lane holds together.
static unsigned getColumns(uint32_t type) {
  return type == GDN_SIM_TF32 ? 4 : 8;
}

/// Registers of a: first both halves of 8 rows, then the next columns. Those of
/// b hold columns of 8 as a holds rows. c has pairs of columns.
static void gather(const MmaLane &operands, unsigned lane, MmaTiles &tiles) {
  unsigned columns = getColumns(operands.type), group = lane / 4;
  const uint32_t *next = operands.registers;
  for (unsigned column = 0; column < operands.k; column += columns)
    for (unsigned row = 0; row < 16; row += 8)
      unpack(
          operands.type, lane, *next++, row + group, column,
          [&](unsigned i, unsigned l, float value) { tiles.a[i][l] = value; });
  for (unsigned row = 0; row < operands.k; row += columns)
    unpack(operands.type, lane, *next++, group, row,
           [&](unsigned j, unsigned l, float value) {
             tiles.b[l][j] = static_cast<double>(value);
           });
  for (unsigned row = 0; row < 16; row += 8)
    for (unsigned j = 0; j < 2; ++j)
      tiles.c[row + group][lane % 4 * 2 + j] = toFloat(*next++);
}

static void scatter(const MmaLane &operands, unsigned lane,
                    const MmaTiles &tiles) {
  uint32_t *next =
      operands.registers + 3 * operands.k / getColumns(operands.type);
  for (unsigned row = 0; row < 16; row += 8)
    for (unsigned j = 0; j < 2; ++j)
      *next++ = toBits(tiles.c[row + lane / 4][lane % 4 * 2 + j]);
}

static void executeMma(MmaLane *const *lanes, uint32_t) {
  MmaTiles tiles;
  for (unsigned lane = 0; lane < kWarpSize; ++lane)
    gather(*lanes[lane], lane, tiles);
  for (int row = 0; row < 16; ++row)
    switch (lanes[0]->k) {
    case 16:
      multiplyRow<16>(tiles.a[row], tiles.b[0], tiles.c[row], 8);
      break;
    case 8:
      multiplyRow<8>(tiles.a[row], tiles.b[0], tiles.c[row], 8);
      break;
    default:
      multiplyRow<4>(tiles.a[row], tiles.b[0], tiles.c[row], 8);
    }
  for (unsigned lane = 0; lane < kWarpSize; ++lane)
    scatter(*lanes[lane], lane, tiles);
}

/// The site, after a check that the warp has all its lanes.
static const Site &checkWarp(const Thread &thread, uint32_t position) {
  const Site &site = thread.cta->getSite(position);
  if (thread.warp->lanes != ~0u)
    thread.cta->fail(
        thread, site,
        "expects all 32 lanes of a warp, but warp " +
            std::to_string(thread.warp->index) + " has " +
            std::to_string(__builtin_popcount(thread.warp->lanes)));
  return site;
}

void gdn_sim_mma(GdnSimThread *thread, uint32_t position, uint32_t type,
                 uint32_t k, uint32_t *registers) {
  const Site &site = checkWarp(*thread, position);
  MmaLane lane = {type, k, registers};
  thread->cta->meetWarp(*thread, site, lane, executeMma);
}

//===----------------------------------------------------------------------===//
// ldmatrix, stmatrix
//===----------------------------------------------------------------------===//

namespace {
/// A lane's address of a row, and its registers, one for each matrix.
struct TileLane {
  Thread *thread;
  const Site *site;
  uint32_t numMatrices;
  bool isTransposed;
  char *address;
  uint32_t *registers;
};
} // namespace

/// An 8x8 matrix of 16-bit elements, each row as it stands in memory.
using Matrix = uint16_t[8][8];

/// Checks the access to a row by the lane that gave its address.
static void checkRow(const TileLane &lane, bool isWrite) {
  constexpr uint32_t kRowBytes = 16;
  checkAccess(*lane.thread, *lane.site,
              {kRowBytes, kRowBytes, isWrite, Space::Shared}, lane.address);
}

/// The element of a matrix that stands in the lower half of a lane's register;
/// that of the upper half follows it in the row, or in the column.
static uint16_t &getElement(Matrix &matrix, unsigned lane, unsigned half,
                            bool isTransposed) {
  unsigned row = lane / 4, column = lane % 4 * 2 + half;
  return isTransposed ? matrix[column][row] : matrix[row][column];
}

static void executeLoad(TileLane *const *lanes, uint32_t) {
  for (uint32_t i = 0; i < lanes[0]->numMatrices; ++i) {
    Matrix matrix;
    for (unsigned row = 0; row < 8; ++row) {
      checkRow(*lanes[8 * i + row], /*isWrite=*/false);
      std::memcpy(matrix[row], lanes[8 * i + row]->address,
                  sizeof(matrix[row]));
    }
    for (unsigned lane = 0; lane < kWarpSize; ++lane) {
      bool isTransposed = lanes[lane]->isTransposed;
      lanes[lane]->registers[i] =
          getElement(matrix, lane, 0, isTransposed) |
          uint32_t(getElement(matrix, lane, 1, isTransposed)) << 16;
    }
  }
}

static void executeStore(TileLane *const *lanes, uint32_t) {
  for (uint32_t i = 0; i < lanes[0]->numMatrices; ++i) {
    Matrix matrix;
    for (unsigned lane = 0; lane < kWarpSize; ++lane)
      for (unsigned half = 0; half < 2; ++half)
        getElement(matrix, lane, half, lanes[lane]->isTransposed) =
            static_cast<uint16_t>(lanes[lane]->registers[i] >> (16 * half));
    for (unsigned row = 0; row < 8; ++row) {
      checkRow(*lanes[8 * i + row], /*isWrite=*/true);
      std::memcpy(lanes[8 * i + row]->address, matrix[row],
                  sizeof(matrix[row]));
    }
  }
}

void gdn_sim_load_matrices(GdnSimThread *thread, uint32_t position,
                           uint32_t count, uint32_t isTransposed, void *address,
                           uint32_t *registers) {
  const Site &site = checkWarp(*thread, position);
  TileLane lane = {
      thread,   &site, count, isTransposed != 0, static_cast<char *>(address),
      registers};
  thread->cta->meetWarp(*thread, site, lane, executeLoad);
}

void gdn_sim_store_matrices(GdnSimThread *thread, uint32_t position,
                            uint32_t count, uint32_t isTransposed,
                            void *address, uint32_t *registers) {
  const Site &site = checkWarp(*thread, position);
  TileLane lane = {
      thread,   &site, count, isTransposed != 0, static_cast<char *>(address),
      registers};
  thread->cta->meetWarp(*thread, site, lane, executeStore);
}

//===----------------------------------------------------------------------===//
// movmatrix
//===----------------------------------------------------------------------===//

static void executeTranspose(uint32_t *const *lanes, uint32_t) {
  Matrix matrix;
  for (unsigned lane = 0; lane < kWarpSize; ++lane)
    for (unsigned half = 0; half < 2; ++half)
      getElement(matrix, lane, half, /*isTransposed=*/false) =
          static_cast<uint16_t>(*lanes[lane] >> (16 * half));
  for (unsigned lane = 0; lane < kWarpSize; ++lane)
    *lanes[lane] = getElement(matrix, lane, 0, /*isTransposed=*/true) |
                   uint32_t(getElement(matrix, lane, 1, true)) << 16;
}

uint32_t gdn_sim_transpose_matrix(GdnSimThread *thread, uint32_t position,
                                  uint32_t elements) {
  const Site &site = checkWarp(*thread, position);
  thread->cta->meetWarp(*thread, site, elements, executeTranspose);
  return elements;
}
