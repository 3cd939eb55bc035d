//===- MatrixTest.cpp - ldmatrix, stmatrix, movmatrix ---------------------===//

#include "Simulate.h"

#include <cstring>
#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "shared": [{"name": "tile", "bytes": 1024, "alignment": 128}],
  "sites": [
  {"op": "nvvm.ldmatrix", "at": "k.mlir:1:1"},
  {"op": "nvvm.stmatrix", "at": "k.mlir:2:1"},
  {"op": "nvvm.bar.warp.sync", "at": "k.mlir:3:1"},
  {"op": "llvm.store", "at": "k.mlir:4:1", "bytes": 2, "alignment": 2,
   "access": "write", "space": "shared"},
  {"op": "gdn.ptx_movmatrix", "at": "k.mlir:5:1"}]})";
enum { LoadSite, StoreSite, WarpSite, WriteSite, MoveSite };

namespace {
/// What a warp loads or stores; `rows` has the byte offset of each lane's row.
struct Tiles {
  uint32_t count = 1, isTransposed = 0;
  uint32_t rows[32] = {};
  uint16_t shared[512] = {};
  uint32_t registers[32][4] = {};
};
} // namespace

static char *getTile(GdnSimThread *thread) {
  return static_cast<char *>(gdn_sim_shared(thread, 0));
}

/// Each lane writes 32 bytes of the tile.
static void fillTile(GdnSimThread *thread, const Tiles &tiles, uint32_t lane) {
  for (uint32_t i = 0; i < 16; ++i) {
    char *to = getTile(thread) + 32 * lane + 2 * i;
    gdn_sim_access(thread, WriteSite, to);
    std::memcpy(to, &tiles.shared[16 * lane + i], 2);
  }
}

static void loadKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  Tiles &tiles = *getPointer<Tiles>(arguments, 0);
  uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
  fillTile(thread, tiles, lane);
  gdn_sim_warp_barrier(thread, WarpSite, ~0u);
  gdn_sim_load_matrices(thread, LoadSite, tiles.count, tiles.isTransposed,
                        getTile(thread) + tiles.rows[lane],
                        tiles.registers[lane]);
}

/// Stores the registers, and lets lane 0 copy the tile back.
static void storeKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  Tiles &tiles = *getPointer<Tiles>(arguments, 0);
  uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
  fillTile(thread, tiles, lane);
  gdn_sim_warp_barrier(thread, WarpSite, ~0u);
  gdn_sim_store_matrices(thread, StoreSite, tiles.count, tiles.isTransposed,
                         getTile(thread) + tiles.rows[lane],
                         tiles.registers[lane]);
  gdn_sim_warp_barrier(thread, WarpSite, ~0u);
  if (lane == 0)
    std::memcpy(tiles.shared, getTile(thread), sizeof(tiles.shared));
}

/// Rows in a scrambled order, each number a different value.
static Tiles makeTiles(uint32_t count, uint32_t isTransposed) {
  Tiles tiles;
  tiles.count = count;
  tiles.isTransposed = isTransposed;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    tiles.rows[lane] = 16 * (lane * 37 % 64);
    for (uint32_t i = 0; i < 4; ++i)
      tiles.registers[lane][i] = 0x8000'0000 + (lane * 4 + i) * 0x0002'0001;
  }
  for (uint32_t i = 0; i < 512; ++i)
    tiles.shared[i] = static_cast<uint16_t>(1000 + i);
  return tiles;
}

/// What stands in row r, column c of matrix i.
static uint16_t &at(Tiles &tiles, uint32_t i, uint32_t r, uint32_t c) {
  return tiles.shared[tiles.rows[8 * i + r] / 2 + c];
}

TEST(LdMatrix, LanesHoldPairsOfARowOrOfAColumn) {
  for (uint32_t count : {1, 2, 4})
    for (uint32_t isTransposed : {0, 1}) {
      Tiles tiles = makeTiles(count, isTransposed);
      ASSERT_EQ(simulate(loadKernel, {&tiles}), "");
      for (uint32_t lane = 0; lane < 32; ++lane)
        for (uint32_t i = 0; i < count; ++i) {
          uint32_t r = lane / 4, c = lane % 4 * 2;
          uint32_t low = isTransposed ? at(tiles, i, c, r) : at(tiles, i, r, c);
          uint32_t high =
              isTransposed ? at(tiles, i, c + 1, r) : at(tiles, i, r, c + 1);
          EXPECT_EQ(tiles.registers[lane][i], low | high << 16)
              << "lane " << lane << ", matrix " << i;
        }
    }
}

TEST(StMatrix, LanesGivePairsOfARowOrOfAColumn) {
  for (uint32_t count : {1, 2, 4})
    for (uint32_t isTransposed : {0, 1}) {
      Tiles tiles = makeTiles(count, isTransposed), expected = tiles;
      ASSERT_EQ(simulate(storeKernel, {&tiles}), "");
      for (uint32_t i = 0; i < count; ++i)
        for (uint32_t lane = 0; lane < 32; ++lane)
          for (uint32_t half = 0; half < 2; ++half) {
            uint32_t r = lane / 4, c = lane % 4 * 2 + half;
            (isTransposed ? at(expected, i, c, r) : at(expected, i, r, c)) =
                static_cast<uint16_t>(expected.registers[lane][i] >> 16 * half);
          }
      EXPECT_TRUE(
          std::equal(tiles.shared, tiles.shared + 512, expected.shared));
    }
}

TEST(LdMatrix, ErrorsNameTheLaneThatGaveTheRow) {
  Tiles tiles = makeTiles(2, 0);
  tiles.rows[11] = 24;
  EXPECT_EQ(simulate(loadKernel, {&tiles}),
            "kernel 'k', CTA (0, 0, 0), thread (11, 0, 0): 'nvvm.ldmatrix' at "
            "k.mlir:1:1 reads 16 bytes at offset 24 of shared variable 'tile' "
            "of 1024 bytes, an address that is no multiple of 16");
  tiles.rows[11] = 1024;
  EXPECT_EQ(simulate(loadKernel, {&tiles}),
            "kernel 'k', CTA (0, 0, 0), thread (11, 0, 0): 'nvvm.ldmatrix' at "
            "k.mlir:1:1 reads 16 bytes out of bounds, at offset 1024 of shared "
            "variable 'tile' of 1024 bytes");
}

TEST(LdMatrix, AddressesOfOtherLanesDoNotCount) {
  Tiles tiles = makeTiles(2, 0);
  tiles.rows[16] = 4096;
  EXPECT_EQ(simulate(loadKernel, {&tiles}), "");
}

TEST(LdMatrix, ReadsOnlyWhatWasWritten) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID), registers[4] = {};
    gdn_sim_load_matrices(thread, LoadSite, 1, 0, getTile(thread) + 16 * lane,
                          registers);
  };
  EXPECT_EQ(simulate(kernel, {}),
            "kernel 'k', CTA (0, 0, 0), thread (0, 0, 0): 'nvvm.ldmatrix' at "
            "k.mlir:1:1 reads offset 0 of shared variable 'tile' of 1024 "
            "bytes, which was never written");
}

// Lane 9's row is read through the address of lane 1.
TEST(LdMatrix, RacesWithAStoreThatNoBarrierFollows) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID), registers[4] = {};
    char *row = getTile(thread) + 16 * lane;
    gdn_sim_store_matrices(thread, StoreSite, 4, 0, row, registers);
    if (lane == 1)
      row = getTile(thread) + 16 * 9;
    gdn_sim_load_matrices(thread, LoadSite, 1, 0, row, registers);
  };
  EXPECT_EQ(simulate(kernel, {}),
            "kernel 'k', CTA (0, 0, 0), thread (1, 0, 0): 'nvvm.ldmatrix' at "
            "k.mlir:1:1 reads offset 144 of shared variable 'tile' of 1024 "
            "bytes, which thread (9, 0, 0) writes with no barrier between "
            "them");
}

TEST(MovMatrix, Transposes) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
    // Element (r, c) is 16 r + c.
    uint32_t low = 16 * (lane / 4) + lane % 4 * 2;
    getPointer<uint32_t>(arguments, 0)[lane] =
        gdn_sim_transpose_matrix(thread, MoveSite, low | (low + 1) << 16);
  };
  std::vector<uint32_t> results(32);
  ASSERT_EQ(simulate(kernel, {results.data()}), "");
  for (uint32_t lane = 0; lane < 32; ++lane) {
    uint32_t low = 16 * (lane % 4 * 2) + lane / 4;
    EXPECT_EQ(results[lane], low | (low + 16) << 16);
  }
}
