//===- BarrierTest.cpp - barriers of CTAs against the PTX ISA -------------===//

#include "Simulate.h"

#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "shared": [{"name": "tile", "bytes": 1024, "alignment": 16}],
  "sites": [
  {"op": "nvvm.barrier", "at": "k.mlir:1:1"},
  {"op": "nvvm.barrier.arrive", "at": "k.mlir:2:1"},
  {"op": "llvm.store", "at": "k.mlir:3:1", "bytes": 4, "alignment": 4,
   "access": "write", "space": "shared"},
  {"op": "llvm.load", "at": "k.mlir:4:1", "bytes": 4, "alignment": 4,
   "access": "read", "space": "shared"},
  {"op": "nvvm.bar.warp.sync", "at": "k.mlir:5:1"}]})";
enum { BarrierSite, ArriveSite, StoreSite, LoadSite, WarpBarrierSite };

static uint32_t *getTile(GdnSimThread *thread) {
  return static_cast<uint32_t *>(gdn_sim_shared(thread, 0));
}

static void store(GdnSimThread *thread, uint32_t index, uint32_t value) {
  gdn_sim_access(thread, StoreSite, getTile(thread) + index);
  getTile(thread)[index] = value;
}

static uint32_t load(GdnSimThread *thread, uint32_t index) {
  gdn_sim_access(thread, LoadSite, getTile(thread) + index);
  return getTile(thread)[index];
}

static uint32_t barrier(GdnSimThread *thread, uint32_t id = 0,
                        uint32_t numThreads = 0,
                        GdnSimBarrier reduction = GDN_SIM_BARRIER_NONE,
                        bool predicate = false) {
  return gdn_sim_barrier(thread, BarrierSite, id, numThreads, reduction,
                         predicate);
}

/// Reverses the numbers of the threads, twice through shared memory.
static void reverseKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t index = gdn_sim_register(thread, GDN_SIM_TID_X);
  uint32_t last = gdn_sim_register(thread, GDN_SIM_NTID_X) - 1;
  store(thread, index, index);
  barrier(thread);
  uint32_t value = load(thread, last - index);
  barrier(thread);
  store(thread, last - index, value);
  barrier(thread);
  getPointer<uint32_t>(arguments, 0)[index] = load(thread, index);
}

TEST(Barrier, OrdersAccessesOfAllWarps) {
  for (uint32_t block : {1, 32, 40, 256}) {
    std::vector<uint32_t> values(block);
    ASSERT_EQ(simulate(reverseKernel, {values.data()}, {block}), "");
    for (uint32_t i = 0; i < block; ++i)
      EXPECT_EQ(values[i], i);
  }
}

static void reductionKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t index = gdn_sim_register(thread, GDN_SIM_TID_X);
  auto *results = getPointer<uint32_t>(arguments, 0);
  uint32_t popc = barrier(thread, 0, 0, GDN_SIM_BARRIER_POPC, index % 3 == 0);
  uint32_t all = barrier(thread, 0, 0, GDN_SIM_BARRIER_AND, index != 40);
  uint32_t any = barrier(thread, 0, 0, GDN_SIM_BARRIER_OR, index == 40);
  uint32_t trulyAll = barrier(thread, 0, 0, GDN_SIM_BARRIER_AND, true);
  uint32_t none = barrier(thread, 0, 0, GDN_SIM_BARRIER_OR, false);
  results[index] = popc | all << 12 | any << 16 | trulyAll << 20 | none << 24;
}

TEST(Barrier, Reduces) {
  std::vector<uint32_t> results(64);
  ASSERT_EQ(simulate(reductionKernel, {results.data()}, {64}), "");
  EXPECT_EQ(results, std::vector<uint32_t>(64, 22 | 0 << 12 | 1 << 16 |
                                                   1 << 20 | 0 << 24));
}

/// Warp 0 produces, warp 1 consumes; warps 2 and 3 go past.
static void producerKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t index = gdn_sim_register(thread, GDN_SIM_TID_X);
  if (index < 32) {
    store(thread, index, 7 * index);
    gdn_sim_barrier_arrive(thread, ArriveSite, 3, 64);
  } else if (index < 64) {
    barrier(thread, 3, 64);
    getPointer<uint32_t>(arguments, 0)[index - 32] = load(thread, index - 32);
  }
}

TEST(Barrier, ArrivingWarpsAreNotHeld) {
  std::vector<uint32_t> values(32);
  ASSERT_EQ(simulate(producerKernel, {values.data()}, {128}), "");
  for (uint32_t i = 0; i < 32; ++i)
    EXPECT_EQ(values[i], 7 * i);
}

/// As above, but the producer writes again after it has arrived.
static void hastyProducerKernel(void *const *) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t index = gdn_sim_register(thread, GDN_SIM_TID_X);
  if (index < 32) {
    store(thread, index, 1);
    gdn_sim_barrier_arrive(thread, ArriveSite, 3, 64);
    store(thread, index, 2);
  } else {
    barrier(thread, 3, 64);
    load(thread, index - 32);
  }
}

TEST(Barrier, OrdersOnlyWhatWasBeforeTheArrival) {
  EXPECT_EQ(simulate(hastyProducerKernel, {}, {64}),
            "kernel 'k', CTA (0, 0, 0), thread (63, 0, 0): 'llvm.load' at "
            "k.mlir:4:1 reads offset 124 of shared variable 'tile' of 1024 "
            "bytes, which thread (31, 0, 0) writes with no barrier between "
            "them");
}

/// Pairs of warps exchange through a barrier each; no pair orders the other.
static void namedKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t index = gdn_sim_register(thread, GDN_SIM_TID_X);
  bool mixes = *getPointer<bool>(arguments, 0);
  store(thread, index, 0);
  barrier(thread);
  store(thread, index, index);
  barrier(thread, 1 + index / 64, 64);
  load(thread, mixes ? index ^ 64 : index ^ 32);
}

TEST(Barrier, NamedBarriersOrderTheirOwnWarps) {
  bool mixes = false;
  EXPECT_EQ(simulate(namedKernel, {&mixes}, {128}), "");
  mixes = true;
  EXPECT_NE(simulate(namedKernel, {&mixes}, {128})
                .find("with no barrier between them"),
            std::string::npos);
}

static void warpBarrierKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t index = gdn_sim_register(thread, GDN_SIM_TID_X);
  uint32_t distance = *getPointer<uint32_t>(arguments, 0);
  store(thread, index, 0);
  barrier(thread);
  store(thread, index, index);
  gdn_sim_warp_barrier(thread, WarpBarrierSite, ~0u);
  load(thread, index ^ distance);
}

TEST(Barrier, WarpBarriersOrderTheLanesOfAWarpOnly) {
  uint32_t distance = 1;
  EXPECT_EQ(simulate(warpBarrierKernel, {&distance}, {64}), "");
  distance = 32;
  EXPECT_NE(simulate(warpBarrierKernel, {&distance}, {64})
                .find("with no barrier between them"),
            std::string::npos);
}

static void countKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  barrier(thread, getPointer<uint32_t>(arguments, 0)[0],
          getPointer<uint32_t>(arguments, 0)[1]);
}

TEST(Barrier, RefusesImpossibleOperands) {
  const std::string where =
      "kernel 'k', CTA (0, 0, 0), thread (31, 0, 0): 'nvvm.barrier' at "
      "k.mlir:1:1 ";
  std::vector<uint32_t> operands = {0, 40};
  EXPECT_EQ(simulate(countKernel, {operands.data()}, {64}),
            where + "expects its number of threads to be a multiple of 32, but "
                    "got 40");
  operands = {0, 128};
  EXPECT_EQ(simulate(countKernel, {operands.data()}, {64}),
            where + "waits for 128 threads, but its CTA has 2 warps");
  operands = {16, 0};
  EXPECT_NE(simulate(countKernel, {operands.data()}, {64})
                .find("expects a barrier from 0 to 15, but got 16"),
            std::string::npos);
}
