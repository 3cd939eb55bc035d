//===- MbarrierTest.cpp - mbarriers against the PTX ISA -------------------===//

#include "Simulate.h"

#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "shared": [{"name": "bars", "bytes": 64, "alignment": 8},
             {"name": "tile", "bytes": 64, "alignment": 8}],
  "sites": [
  {"op": "nvvm.mbarrier.init", "at": "k.mlir:1:1"},
  {"op": "nvvm.mbarrier.arrive", "at": "k.mlir:2:1"},
  {"op": "nvvm.mbarrier.try_wait.parity", "at": "k.mlir:3:1"},
  {"op": "nvvm.barrier", "at": "k.mlir:4:1"},
  {"op": "llvm.store", "at": "k.mlir:5:1", "bytes": 4, "alignment": 4,
   "access": "write", "space": "shared"},
  {"op": "llvm.load", "at": "k.mlir:6:1", "bytes": 4, "alignment": 4,
   "access": "read", "space": "shared"},
  {"op": "nvvm.bar.warp.sync", "at": "k.mlir:7:1"},
  {"op": "nvvm.mbarrier.inval", "at": "k.mlir:8:1"}]})";
enum {
  InitSite,
  ArriveSite,
  WaitSite,
  BarrierSite,
  StoreSite,
  LoadSite,
  WarpSite,
  InvalSite
};

static const std::string cta = "kernel 'k', CTA (0, 0, 0): ";
static const std::string first =
    "kernel 'k', CTA (0, 0, 0), thread (0, 0, 0): ";

static uint32_t getIndex(GdnSimThread *thread) {
  return gdn_sim_register(thread, GDN_SIM_TID_X);
}

static char *getBar(GdnSimThread *thread, uint32_t index = 0) {
  return static_cast<char *>(gdn_sim_shared(thread, 0)) + 8 * index;
}

static char *getTile(GdnSimThread *thread) {
  return static_cast<char *>(gdn_sim_shared(thread, 1));
}

static uint64_t arrive(GdnSimThread *thread, uint32_t bar = 0,
                       uint32_t count = 1, uint32_t flags = 0) {
  return gdn_sim_mbarrier_arrive(thread, ArriveSite, getBar(thread, bar), count,
                                 flags);
}

static uint32_t wait(GdnSimThread *thread, uint64_t parity, uint32_t bar = 0,
                     bool blocks = true) {
  return gdn_sim_mbarrier_wait(thread, WaitSite, getBar(thread, bar), parity,
                               /*is_parity=*/1, blocks);
}

/// Thread 0 initialises mbarriers 0 and 1, then all go on.
static void init(GdnSimThread *thread, uint32_t count0, uint32_t count1 = 1) {
  if (getIndex(thread) == 0) {
    gdn_sim_mbarrier_init(thread, InitSite, getBar(thread, 0), count0);
    gdn_sim_mbarrier_init(thread, InitSite, getBar(thread, 1), count1);
  }
  gdn_sim_barrier(thread, BarrierSite, 0, 0, GDN_SIM_BARRIER_NONE, 0);
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

TEST(Mbarrier, PhasesAlternate) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    auto *results = getPointer<uint64_t>(arguments, 0);
    init(thread, 2);
    for (int phase = 0; phase < 3; ++phase) {
      *results++ = wait(thread, 0, 0, /*blocks=*/false);
      *results++ = wait(thread, 1, 0, /*blocks=*/false);
      *results++ = arrive(thread);
      *results++ = arrive(thread);
    }
  };
  std::vector<uint64_t> results(12);
  ASSERT_EQ(simulate(kernel, {results.data()}, {1}), "");
  // Before a phase n ends, that with the other parity is the last complete one.
  EXPECT_EQ(results, (std::vector<uint64_t>{0, 1, 0, 0, //
                                            1, 0, 1, 1, //
                                            0, 1, 2, 2}));
}

TEST(Mbarrier, AStateIsOverWhenItsPhaseIs) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    auto *results = getPointer<uint32_t>(arguments, 0);
    init(thread, 2);
    uint64_t state = arrive(thread, 0, 1, GDN_SIM_ARRIVE_NOCOMPLETE);
    auto test = [&] {
      return gdn_sim_mbarrier_wait(thread, WaitSite, getBar(thread), state, 0,
                                   0);
    };
    results[0] = test();
    arrive(thread);
    results[1] = test();
    arrive(thread, 0, 2);
    results[2] = 7;
    test();
  };
  std::vector<uint32_t> results(3);
  EXPECT_EQ(simulate(kernel, {results.data()}, {1}),
            first + "'nvvm.mbarrier.try_wait.parity' at k.mlir:3:1 asks for "
                    "phase 0 of the mbarrier at offset 0 of shared variable "
                    "'bars' of 64 bytes, which is in phase 2");
  EXPECT_EQ(results, (std::vector<uint32_t>{0, 1, 7}));
}

TEST(Mbarrier, BytesKeepAPhaseOpen) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    auto *results = getPointer<uint32_t>(arguments, 0);
    init(thread, 1);
    gdn_sim_mbarrier_complete(thread, ArriveSite, getBar(thread), 16);
    gdn_sim_mbarrier_expect(thread, ArriveSite, getBar(thread), 48);
    arrive(thread);
    *results++ = wait(thread, 0, 0, false);
    gdn_sim_mbarrier_complete(thread, ArriveSite, getBar(thread), 16);
    *results++ = wait(thread, 0, 0, false);
    gdn_sim_mbarrier_complete(thread, ArriveSite, getBar(thread), 16);
    *results++ = wait(thread, 0, 0, false);
  };
  std::vector<uint32_t> results(3);
  ASSERT_EQ(simulate(kernel, {results.data()}, {1}), "");
  EXPECT_EQ(results, (std::vector<uint32_t>{0, 0, 1}));
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

/// Each thread but the first writes, and all arrive; the first waits and reads.
static void gatherKernel(void *const *) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  init(thread, 15);
  uint32_t index = getIndex(thread);
  if (index) {
    gdn_sim_access(thread, StoreSite, getTile(thread) + 4 * index);
    arrive(thread);
  } else {
    wait(thread, 0);
    for (uint32_t i = 1; i < 16; ++i)
      gdn_sim_access(thread, LoadSite, getTile(thread) + 4 * i);
  }
}

TEST(Mbarrier, WaitersSeeWhatWasDoneBeforeTheArrivals) {
  EXPECT_EQ(simulate(gatherKernel, {}, {16}), "");
}

/// Warp 0 writes, its lane 0 arrives, after bar.warp.sync if asked; all of warp
/// 1 wait and read.
static void electKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t *options = getPointer<uint32_t>(arguments, 0);
  uint32_t index = getIndex(thread), flags = options[1];
  init(thread, 1);
  if (index < 32) {
    if (index < 16)
      gdn_sim_access(thread, StoreSite, getTile(thread) + 4 * index);
    if (options[0])
      gdn_sim_warp_barrier(thread, WarpSite, ~0u);
    if (index == 0)
      arrive(thread, 0, 1, flags);
  } else {
    wait(thread, 0);
    gdn_sim_access(thread, LoadSite, getTile(thread) + index % 16 * 4);
  }
}

TEST(Mbarrier, OneLaneArrivesForItselfOnly) {
  uint32_t synced[] = {1, 0}, alone[] = {0, 0};
  EXPECT_EQ(simulate(electKernel, {synced}, {64}), "");
  EXPECT_EQ(simulate(electKernel, {alone}, {64}),
            "kernel 'k', CTA (0, 0, 0), thread (33, 0, 0): 'llvm.load' at "
            "k.mlir:6:1 reads offset 4 of shared variable 'tile' of 64 bytes, "
            "which thread (1, 0, 0) writes with no barrier between them");
}

TEST(Mbarrier, RelaxedArrivalsTellNothing) {
  uint32_t relaxed[] = {1, GDN_SIM_ARRIVE_RELAXED};
  EXPECT_NE(simulate(electKernel, {relaxed}, {64}).find("with no barrier"),
            std::string::npos);
}

TEST(Mbarrier, OneLaneWaitsForItselfOnly) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    init(thread, 1);
    uint32_t index = getIndex(thread);
    if (index == 0) {
      gdn_sim_access(thread, StoreSite, getTile(thread));
      arrive(thread);
    }
    if (index == 32)
      wait(thread, 0);
    if (index == 32 || index == 33)
      gdn_sim_access(thread, LoadSite, getTile(thread));
  };
  EXPECT_NE(simulate(kernel, {}, {64}).find("thread (33, 0, 0)"),
            std::string::npos);
}

TEST(Mbarrier, WhatComesAfterAnArrivalIsNotTold) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    init(thread, 1);
    if (getIndex(thread) == 0) {
      arrive(thread);
      gdn_sim_access(thread, StoreSite, getTile(thread));
    } else {
      wait(thread, 0);
      gdn_sim_access(thread, LoadSite, getTile(thread));
    }
  };
  EXPECT_NE(simulate(kernel, {}, {2}).find("with no barrier"),
            std::string::npos);
}

/// A producer and a consumer pass `slots` slots to each other 8 times; the
/// consumer's parity is wrong by `options[1]`.
static void ringKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t shift = *getPointer<uint32_t>(arguments, 0);
  init(thread, 1, 32);
  for (uint32_t i = 0; i < 8; ++i)
    if (getIndex(thread) == 0) {
      wait(thread, (i & 1) ^ 1, 1);
      gdn_sim_access(thread, StoreSite, getTile(thread));
      arrive(thread);
    } else if (getIndex(thread) >= 32) {
      wait(thread, (i + shift) & 1);
      gdn_sim_access(thread, LoadSite, getTile(thread));
      arrive(thread, 1);
    }
}

TEST(Mbarrier, ARingPassesSlots) {
  uint32_t shift = 0;
  EXPECT_EQ(simulate(ringKernel, {&shift}, {64}), "");
}

TEST(Mbarrier, AWrongParityPassesEarly) {
  uint32_t shift = 1;
  EXPECT_NE(simulate(ringKernel, {&shift}, {64}), "");
}

//===----------------------------------------------------------------------===//
// Deadlocks
//===----------------------------------------------------------------------===//

TEST(Mbarrier, ADeadlockSaysWhatIsMissing) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    init(thread, 3);
    if (getIndex(thread) == 0) {
      gdn_sim_mbarrier_expect(thread, ArriveSite, getBar(thread), 512);
      arrive(thread);
    }
    if (getIndex(thread) >= 31)
      wait(thread, 0);
    if (getIndex(thread) == 2)
      wait(thread, 0, 1);
  };
  EXPECT_EQ(simulate(kernel, {}, {64}),
            cta + "thread (31, 0, 0), warp 1 wait at "
                  "'nvvm.mbarrier.try_wait.parity' at k.mlir:3:1 for phase 0 "
                  "of the mbarrier at offset 0 of shared variable 'bars' of 64 "
                  "bytes, which lacks 2 of 3 arrivals and 512 bytes; thread "
                  "(2, 0, 0) waits at 'nvvm.mbarrier.try_wait.parity' at "
                  "k.mlir:3:1 for phase 0 of the mbarrier at offset 8 of "
                  "shared variable 'bars' of 64 bytes, which lacks 1 of 1 "
                  "arrivals and 0 bytes");
}

TEST(Mbarrier, TestingForeverIsFound) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    init(thread, 1);
    while (!wait(thread, 0, 0, /*blocks=*/false))
      ;
  };
  EXPECT_NE(simulate(kernel, {}, {2}).find("again and again"),
            std::string::npos);
}

//===----------------------------------------------------------------------===//
// Misuse
//===----------------------------------------------------------------------===//

static const std::string bar =
    "the mbarrier at offset 0 of shared variable 'bars' of 64 bytes";

TEST(Mbarrier, IsInitialisedBeforeUse) {
  auto kernel = [](void *const *) { arrive(gdn_sim_enter(table, 1)); };
  EXPECT_EQ(simulate(kernel, {}, {1}),
            first + "'nvvm.mbarrier.arrive' at k.mlir:2:1 uses " + bar +
                ", which was never initialised");
  auto racing = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    if (getIndex(thread) == 0)
      gdn_sim_mbarrier_init(thread, InitSite, getBar(thread), 2);
    arrive(thread);
  };
  EXPECT_NE(simulate(racing, {}, {2})
                .find("which thread (0, 0, 0) initialises with no barrier "
                      "between them"),
            std::string::npos);
}

TEST(Mbarrier, CountsHaveLimits) {
  auto kernel = [](void *const *) { init(gdn_sim_enter(table, 1), 0); };
  EXPECT_EQ(simulate(kernel, {}, {1}),
            first + "'nvvm.mbarrier.init' at k.mlir:1:1 expects a count from 1 "
                    "to 1048575, but got 0");
  auto overflow = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    init(thread, 4);
    arrive(thread, 0, 3);
    arrive(thread, 0, 2);
  };
  EXPECT_EQ(simulate(overflow, {}, {1}),
            first + "'nvvm.mbarrier.arrive' at k.mlir:2:1 arrives 2 times at " +
                bar + ", of whose 4 arrivals 1 are pending");
  auto promise = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    init(thread, 1);
    arrive(thread, 0, 1, GDN_SIM_ARRIVE_NOCOMPLETE);
  };
  EXPECT_NE(simulate(promise, {}, {1}).find("which it promises not to do"),
            std::string::npos);
}

TEST(Mbarrier, LoadsAndStoresStayAway) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    init(thread, 1);
    if (*getPointer<int>(arguments, 0))
      gdn_sim_mbarrier_invalidate(thread, InvalSite, getBar(thread));
    gdn_sim_access(thread, StoreSite, getBar(thread) + 4);
  };
  int invalidates = 0;
  EXPECT_EQ(simulate(kernel, {&invalidates}, {1}),
            first + "'llvm.store' at k.mlir:5:1 writes offset 4 of shared "
                    "variable 'bars' of 64 bytes, where an mbarrier object is");
  invalidates = 1;
  EXPECT_EQ(simulate(kernel, {&invalidates}, {1}), "");
}
