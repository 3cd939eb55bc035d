//===- RaceTest.cpp - accesses in no order --------------------------------===//

#include "Simulate.h"

#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "shared": [{"name": "tile", "bytes": 1024, "alignment": 16}],
  "sites": [
  {"op": "llvm.load", "at": "k.mlir:1:1", "bytes": 2, "alignment": 2,
   "access": "read", "space": "generic"},
  {"op": "llvm.store", "at": "k.mlir:2:1", "bytes": 2, "alignment": 2,
   "access": "write", "space": "generic"},
  {"op": "llvm.load", "at": "k.mlir:3:1", "bytes": 16, "alignment": 16,
   "access": "read", "space": "generic"},
  {"op": "llvm.store", "at": "k.mlir:4:1", "bytes": 16, "alignment": 16,
   "access": "write", "space": "generic"},
  {"op": "nvvm.barrier", "at": "k.mlir:5:1"},
  {"op": "nvvm.shfl.sync", "at": "k.mlir:6:1"}]})";
enum { Load, Store, LoadVector, StoreVector, BarrierSite, ShuffleSite };

static char *getTile(GdnSimThread *thread) {
  return static_cast<char *>(gdn_sim_shared(thread, 0));
}

static void barrier(GdnSimThread *thread) {
  gdn_sim_barrier(thread, BarrierSite, 0, 0, GDN_SIM_BARRIER_NONE, 0);
}

static uint32_t getIndex(GdnSimThread *thread) {
  return gdn_sim_register(thread, GDN_SIM_TID_X);
}

/// Accesses `memory` from one thread each, in the order of the threads.
static void accessInTurn(GdnSimThread *thread, char *memory,
                         std::vector<uint32_t> sites) {
  if (getIndex(thread) < sites.size())
    gdn_sim_access(thread, sites[getIndex(thread)], memory);
}

TEST(Race, WriteAfterWrite) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    accessInTurn(thread, getTile(thread), {StoreVector, Store});
  };
  EXPECT_EQ(simulate(kernel, {}),
            "kernel 'k', CTA (0, 0, 0), thread (1, 0, 0): 'llvm.store' at "
            "k.mlir:2:1 writes offset 0 of shared variable 'tile' of 1024 "
            "bytes, which thread (0, 0, 0) writes with no barrier between "
            "them");
}

TEST(Race, ReadAfterWrite) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    accessInTurn(thread, getTile(thread), {StoreVector, LoadVector});
  };
  EXPECT_NE(simulate(kernel, {})
                .find("thread (1, 0, 0): 'llvm.load' at "
                      "k.mlir:3:1 reads offset 0 of"),
            std::string::npos);
}

TEST(Race, WriteAfterReads) {
  for (int numReaders : {1, 2, 33, 64}) {
    auto kernel = [](void *const *arguments) {
      GdnSimThread *thread = gdn_sim_enter(table, 1);
      uint32_t numReaders = *getPointer<int>(arguments, 0);
      if (getIndex(thread) == 0)
        gdn_sim_access(thread, StoreVector, getTile(thread));
      barrier(thread);
      if (getIndex(thread) < numReaders)
        gdn_sim_access(thread, LoadVector, getTile(thread));
      // Thread 95 opened the barrier and went on first, this one comes last.
      if (getIndex(thread) == 94)
        gdn_sim_access(thread, Store, getTile(thread) + 14);
    };
    EXPECT_NE(simulate(kernel, {&numReaders}, {96})
                  .find("thread (94, 0, 0): 'llvm.store' at k.mlir:2:1 writes "
                        "offset 14 of shared variable 'tile' of 1024 bytes, "
                        "which "),
              std::string::npos);
  }
}

TEST(Race, ReadsDoNotRace) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    if (getIndex(thread) == 0)
      gdn_sim_access(thread, StoreVector, getTile(thread));
    for (int round = 0; round < 4; ++round) {
      barrier(thread);
      gdn_sim_access(thread, LoadVector, getTile(thread));
      gdn_sim_access(thread, Load,
                     getTile(thread) + 2 * (getIndex(thread) % 8));
      barrier(thread);
      if (getIndex(thread) == 7u * round)
        gdn_sim_access(thread, StoreVector, getTile(thread));
    }
  };
  EXPECT_EQ(simulate(kernel, {}, {96}), "");
}

TEST(Race, NeighboursDoNotRace) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    char *mine = getTile(thread) + 2 * getIndex(thread);
    gdn_sim_access(thread, Store, mine);
    gdn_sim_access(thread, Load, mine);
    gdn_sim_access(thread, Store, mine);
    barrier(thread);
    gdn_sim_access(thread, LoadVector,
                   getTile(thread) + getIndex(thread) / 8 * 16);
  };
  EXPECT_EQ(simulate(kernel, {}, {64}), "");
}

// A shuffle exchanges registers; it orders no memory.
TEST(Race, ShufflesOrderNothing) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    gdn_sim_access(thread, Store, getTile(thread) + 2 * getIndex(thread));
    gdn_sim_shuffle(thread, ShuffleSite, GDN_SIM_SHUFFLE_BFLY, ~0u, 0, 1, 31);
    gdn_sim_access(thread, Load, getTile(thread) + 2 * (getIndex(thread) ^ 1));
  };
  EXPECT_NE(simulate(kernel, {}).find("writes with no barrier between them"),
            std::string::npos);
}

TEST(Race, GlobalMemoryOfACta) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    accessInTurn(thread, getPointer<char>(arguments, 0), {Store, LoadVector});
  };
  DeviceArray<char> array(std::vector<char>(16));
  EXPECT_EQ(simulate(kernel, {array.get()}),
            "kernel 'k', CTA (0, 0, 0), thread (1, 0, 0): 'llvm.load' at "
            "k.mlir:3:1 reads offset 0 of the buffer of argument 0 of 16 "
            "bytes, which thread (0, 0, 0) writes with no barrier between "
            "them");
}

/// The CTAs access the same bytes, each at the site of its number.
static void ctaKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t site = getPointer<uint32_t>(
      arguments, 1)[gdn_sim_register(thread, GDN_SIM_CTAID_X)];
  gdn_sim_access(thread, site, getPointer<char>(arguments, 0));
}

static std::string runCtas(std::vector<uint32_t> sites) {
  DeviceArray<char> array(std::vector<char>(16));
  return simulate(ctaKernel, {array.get(), sites.data()},
                  {/*block=*/1, static_cast<int64_t>(sites.size())});
}

TEST(Race, CtasHaveNoOrder) {
  EXPECT_EQ(runCtas({Load, Load, LoadVector}), "");
  EXPECT_EQ(runCtas({Store, LoadVector}),
            "kernel 'k', CTA (1, 0, 0), thread (0, 0, 0): 'llvm.load' at "
            "k.mlir:3:1 reads offset 0 of the buffer of argument 0 of 16 "
            "bytes, which another CTA of the launch writes");
  for (std::vector<uint32_t> sites : {std::vector<uint32_t>{Store, Store},
                                      {Load, Store},
                                      {Load, Load, Store}})
    EXPECT_NE(runCtas(sites).find("'llvm.store' at k.mlir:2:1 writes offset 0 "
                                  "of the buffer of argument 0 of 16 bytes, "
                                  "which another CTA of the launch"),
              std::string::npos);
}

TEST(Race, LaunchesFollowEachOther) {
  DeviceArray<char> array(std::vector<char>(16));
  for (uint32_t site : {Store, LoadVector, StoreVector, Load})
    EXPECT_EQ(simulate(ctaKernel, {array.get(), &site}, {/*block=*/1}), "");
}
