//===- DivergenceTest.cpp - threads that wait in vain ---------------------===//

#include "Simulate.h"

#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({"sites": [
  {"op": "nvvm.shfl.sync", "at": "k.mlir:1:1"},
  {"op": "nvvm.shfl.sync", "at": "k.mlir:2:1"},
  {"op": "nvvm.vote.sync", "at": "k.mlir:3:1"},
  {"op": "nvvm.barrier", "at": "k.mlir:4:1"},
  {"op": "nvvm.barrier", "at": "k.mlir:5:1"}]})";
enum { FirstShuffle, SecondShuffle, VoteSite, FirstBarrier, SecondBarrier };

static const std::string where = "kernel 'k', CTA (0, 0, 0): ";

static void shuffle(GdnSimThread *thread, uint32_t site, uint32_t mask = ~0u) {
  gdn_sim_shuffle(thread, site, GDN_SIM_SHUFFLE_BFLY, mask, 0, 1, 31);
}

static void barrier(GdnSimThread *thread, uint32_t site) {
  gdn_sim_barrier(thread, site, 0, 0, GDN_SIM_BARRIER_NONE, 0);
}

static uint32_t getIndex(GdnSimThread *thread) {
  return gdn_sim_register(thread, GDN_SIM_TID_X);
}

TEST(Divergence, LanesExited) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    if (getIndex(thread) % 2 == 0 || getIndex(thread) > 20)
      shuffle(thread, FirstShuffle);
  };
  EXPECT_EQ(simulate(kernel, {}),
            where + "lanes 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20-31 of warp 0 "
                    "wait at 'nvvm.shfl.sync' at k.mlir:1:1 for lanes 1, 3, 5, "
                    "7, 9, 11, 13, 15, 17, 19, which exited");
}

TEST(Divergence, LanesWaitAtAnotherOp) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    if (getIndex(thread) % 32 == 5)
      gdn_sim_vote(thread, VoteSite, GDN_SIM_VOTE_ANY, ~0u, 1);
    else
      shuffle(thread, FirstShuffle);
  };
  EXPECT_EQ(simulate(kernel, {}),
            where + "lanes 0-4, 6-31 of warp 0 wait at 'nvvm.shfl.sync' at "
                    "k.mlir:1:1 for lane 5, which waits at 'nvvm.vote.sync' at "
                    "k.mlir:3:1");
}

TEST(Divergence, LanesHaveDifferentMasks) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    shuffle(thread, FirstShuffle,
            getIndex(thread) < 16 ? 0xffffffff : 0xffff000f);
  };
  EXPECT_EQ(simulate(kernel, {}),
            where + "lanes 0-15 of warp 0 wait at 'nvvm.shfl.sync' at "
                    "k.mlir:1:1 with member mask 0xffffffff for lanes 16-31, "
                    "which wait at 'nvvm.shfl.sync' at k.mlir:1:1 with member "
                    "mask 0xffff000f");
}

// shfl.sync asks for the same qualifiers and mask, not for the same op.
TEST(Divergence, LanesMayShuffleAtDifferentPlaces) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    shuffle(thread, getIndex(thread) < 16 ? FirstShuffle : SecondShuffle);
  };
  EXPECT_EQ(simulate(kernel, {}), "");
}

// barrier.sync.aligned does ask for the same op in all lanes of a warp.
TEST(Divergence, LanesMayNotWaitAtDifferentBarriers) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    barrier(thread, getIndex(thread) < 16 ? FirstBarrier : SecondBarrier);
  };
  EXPECT_EQ(simulate(kernel, {}),
            where + "lanes 0-15 of warp 0 wait at 'nvvm.barrier' at k.mlir:4:1 "
                    "for lanes 16-31, which wait at 'nvvm.barrier' at "
                    "k.mlir:5:1");
}

TEST(Divergence, WarpsMayWaitAtDifferentBarriers) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    barrier(thread, getIndex(thread) < 32 ? FirstBarrier : SecondBarrier);
  };
  EXPECT_EQ(simulate(kernel, {}, {64}), "");
}

TEST(Divergence, WarpsExited) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    if (getIndex(thread) >= 64)
      barrier(thread, FirstBarrier);
  };
  EXPECT_EQ(simulate(kernel, {}, {128}),
            where + "warps 2-3 wait at 'nvvm.barrier' at k.mlir:4:1 for 2 "
                    "more, but warps 0-1 exited");
}

TEST(Divergence, LanesOutsideTheirOwnMask) {
  auto kernel = [](void *const *) {
    shuffle(gdn_sim_enter(table, 1), FirstShuffle, 0x0000ffff);
  };
  EXPECT_EQ(simulate(kernel, {}),
            "kernel 'k', CTA (0, 0, 0), thread (16, 0, 0): 'nvvm.shfl.sync' at "
            "k.mlir:1:1 is executed by lane 16, which its member mask "
            "0x0000ffff lacks");
}
