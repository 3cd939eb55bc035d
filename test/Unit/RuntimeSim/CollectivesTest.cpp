//===- CollectivesTest.cpp - collectives against the PTX ISA --------------===//

#include "Simulate.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({"sites": [
  {"op": "nvvm.shfl.sync", "at": "k.mlir:1:1"},
  {"op": "nvvm.vote.sync", "at": "k.mlir:2:1"},
  {"op": "nvvm.redux.sync", "at": "k.mlir:3:1"},
  {"op": "nvvm.elect.sync", "at": "k.mlir:4:1"}]})";
enum { ShuffleSite, VoteSite, ReduxSite, ElectSite };

static constexpr uint32_t all = ~0u;

//===----------------------------------------------------------------------===//
// shfl.sync
//===----------------------------------------------------------------------===//

namespace {
/// Operands of a shuffle that are the same in all lanes, and its results.
struct Shuffle {
  uint32_t kind, offset, clamp;
  uint32_t mask = all;
  uint32_t values[32] = {};
  bool isValid[32] = {};
};
} // namespace

/// Each lane gives 100 + its number.
static void shuffleKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  auto *shuffle = getPointer<Shuffle>(arguments, 0);
  uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
  if (!(shuffle->mask >> lane & 1))
    return;
  uint64_t result =
      gdn_sim_shuffle(thread, ShuffleSite, shuffle->kind, shuffle->mask,
                      100 + lane, shuffle->offset, shuffle->clamp);
  shuffle->values[lane] = static_cast<uint32_t>(result);
  shuffle->isValid[lane] = result >> 32;
}

/// Checks each lane's source against `expected(lane)`; negative if out of
/// range, where a lane keeps its own value.
template <typename Expected>
static void expectSources(Shuffle shuffle, Expected expected) {
  ASSERT_EQ(simulate(shuffleKernel, {&shuffle}), "");
  for (int lane = 0; lane < 32; ++lane) {
    int source = expected(lane);
    EXPECT_EQ(shuffle.isValid[lane], source >= 0) << "lane " << lane;
    EXPECT_EQ(shuffle.values[lane], 100u + (source < 0 ? lane : source))
        << "lane " << lane;
  }
}

// CUDA's __shfl_*_sync with a width: segments of that size.
static uint32_t makeClamp(uint32_t width, bool isUp) {
  return (32 - width) << 8 | (isUp ? 0 : 31);
}

TEST(Shuffle, Bfly) {
  for (int width : {4, 16, 32})
    for (int offset : {0, 1, 3, 8, 16, 31})
      expectSources(
          {GDN_SIM_SHUFFLE_BFLY, uint32_t(offset), makeClamp(width, false)},
          [&](int lane) {
            int last = lane / width * width + width - 1;
            return (lane ^ offset) <= last ? lane ^ offset : -1;
          });
}

TEST(Shuffle, Up) {
  for (int width : {8, 32})
    for (int offset : {0, 1, 5, 31})
      expectSources(
          {GDN_SIM_SHUFFLE_UP, uint32_t(offset), makeClamp(width, true)},
          [&](int lane) {
            return lane % width >= offset ? lane - offset : -1;
          });
}

TEST(Shuffle, Down) {
  for (int width : {2, 32})
    for (int offset : {0, 1, 16})
      expectSources(
          {GDN_SIM_SHUFFLE_DOWN, uint32_t(offset), makeClamp(width, false)},
          [&](int lane) {
            return lane % width + offset < width ? lane + offset : -1;
          });
}

TEST(Shuffle, Idx) {
  for (int width : {16, 32})
    for (int offset : {0, 7, 15})
      expectSources(
          {GDN_SIM_SHUFFLE_IDX, uint32_t(offset), makeClamp(width, false)},
          [&](int lane) { return lane / width * width + offset; });
}

TEST(Shuffle, IdxBeyondTheClampIsInvalid) {
  expectSources({GDN_SIM_SHUFFLE_IDX, 9, 7}, [](int lane) { return -1; });
}

TEST(Shuffle, OnlyFiveBitsOfTheOffsetCount) {
  expectSources({GDN_SIM_SHUFFLE_BFLY, 33, 31},
                [](int lane) { return lane ^ 1; });
}

TEST(Shuffle, DisjointMasksDoNotWaitForEachOther) {
  Shuffle shuffle = {GDN_SIM_SHUFFLE_BFLY, 1, 31, 0x00ff00f0};
  ASSERT_EQ(simulate(shuffleKernel, {&shuffle}), "");
  for (uint32_t lane = 0; lane < 32; ++lane)
    EXPECT_EQ(shuffle.values[lane],
              shuffle.mask >> lane & 1 ? 100 + (lane ^ 1) : 0);
}

TEST(Shuffle, ReadsNoLaneThatTakesNoPart) {
  Shuffle shuffle = {GDN_SIM_SHUFFLE_BFLY, 16, 31, 0x0000ffff};
  EXPECT_EQ(simulate(shuffleKernel, {&shuffle}),
            "kernel 'k', CTA (0, 0, 0), thread (15, 0, 0): 'nvvm.shfl.sync' at "
            "k.mlir:1:1 reads lane 31, which does not take part in it (member "
            "mask 0x0000ffff)");
}

TEST(Shuffle, LanesThatNoThreadHasAreNotWaitedFor) {
  Shuffle shuffle = {GDN_SIM_SHUFFLE_BFLY, 1, 31};
  EXPECT_EQ(simulate(shuffleKernel, {&shuffle}, {/*block=*/8}), "");
  EXPECT_EQ(shuffle.values[7], 106u);
}

//===----------------------------------------------------------------------===//
// vote.sync, elect.sync
//===----------------------------------------------------------------------===//

namespace {
struct Vote {
  uint32_t kind, predicates;
  uint32_t mask = all;
  uint32_t results[32] = {};
};
} // namespace

static void voteKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  auto *vote = getPointer<Vote>(arguments, 0);
  uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
  if (vote->mask >> lane & 1)
    vote->results[lane] = gdn_sim_vote(thread, VoteSite, vote->kind, vote->mask,
                                       vote->predicates >> lane & 1);
}

static uint32_t vote(GdnSimVote kind, uint32_t predicates, uint32_t mask) {
  Vote vote = {static_cast<uint32_t>(kind), predicates, mask};
  EXPECT_EQ(simulate(voteKernel, {&vote}), "");
  uint32_t result = vote.results[__builtin_ctz(mask)];
  for (uint32_t lane = 0; lane < 32; ++lane)
    EXPECT_EQ(vote.results[lane], mask >> lane & 1 ? result : 0);
  return result;
}

TEST(Vote, Kinds) {
  EXPECT_EQ(vote(GDN_SIM_VOTE_ANY, 0, all), 0u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_ANY, 1u << 31, all), 1u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_ALL, all, all), 1u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_ALL, ~1u, all), 0u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_UNI, 0, all), 1u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_UNI, all, all), 1u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_UNI, 2, all), 0u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_BALLOT, 0x80f00001, all), 0x80f00001u);
}

TEST(Vote, OthersHaveNoVote) {
  EXPECT_EQ(vote(GDN_SIM_VOTE_ANY, 0xff00, 0xff), 0u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_ALL, 0xff, 0xff), 1u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_UNI, 0xf0, 0xf0), 1u);
  EXPECT_EQ(vote(GDN_SIM_VOTE_BALLOT, all, 0x10f0), 0x10f0u);
}

static void electKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
  if (lane >= 8)
    getPointer<uint32_t>(arguments, 0)[lane] =
        gdn_sim_elect(thread, ElectSite, 0xffffff00);
}

TEST(Elect, TakesTheFirstLaneOfTheMask) {
  std::vector<uint32_t> elected(32, 2), expected(32, 0);
  ASSERT_EQ(simulate(electKernel, {elected.data()}), "");
  for (int lane = 0; lane < 8; ++lane)
    expected[lane] = 2;
  expected[8] = 1;
  EXPECT_EQ(elected, expected);
}

//===----------------------------------------------------------------------===//
// redux.sync
//===----------------------------------------------------------------------===//

namespace {
struct Redux {
  uint32_t kind;
  std::vector<uint32_t> values;
  uint32_t mask = all;
  uint32_t results[32] = {};
};
} // namespace

static void reduxKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  auto *redux = getPointer<Redux>(arguments, 0);
  uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
  if (redux->mask >> lane & 1)
    redux->results[lane] =
        gdn_sim_redux(thread, ReduxSite, redux->kind, redux->mask,
                      redux->values[lane % redux->values.size()]);
}

static uint32_t reduce(uint32_t kind, std::vector<uint32_t> values,
                       uint32_t mask = all) {
  Redux redux = {kind, std::move(values), mask};
  EXPECT_EQ(simulate(reduxKernel, {&redux}), "");
  for (uint32_t lane = 0; lane < 32; ++lane)
    EXPECT_EQ(redux.results[lane],
              mask >> lane & 1 ? redux.results[__builtin_ctz(mask)] : 0);
  return redux.results[__builtin_ctz(mask)];
}

TEST(Redux, Integers) {
  EXPECT_EQ(reduce(GDN_SIM_REDUX_ADD, {1, 2}), 48u);
  EXPECT_EQ(reduce(GDN_SIM_REDUX_ADD, {0x80000000, 1}, 0xf), 2u);
  EXPECT_EQ(reduce(GDN_SIM_REDUX_AND, {0xff, 0x3c}), 0x3cu);
  EXPECT_EQ(reduce(GDN_SIM_REDUX_OR, {0xf0, 0x0c}), 0xfcu);
  EXPECT_EQ(reduce(GDN_SIM_REDUX_XOR, {5, 3}, 0x7), 3u);
  EXPECT_EQ(reduce(GDN_SIM_REDUX_MAX, {uint32_t(-3), 2}), 2u);
  EXPECT_EQ(reduce(GDN_SIM_REDUX_MIN, {uint32_t(-3), 2}), uint32_t(-3));
  EXPECT_EQ(reduce(GDN_SIM_REDUX_UMAX, {uint32_t(-3), 2}), uint32_t(-3));
  EXPECT_EQ(reduce(GDN_SIM_REDUX_UMIN, {uint32_t(-3), 2}), 2u);
}

static uint32_t toBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

TEST(Redux, Floats) {
  std::vector<uint32_t> values = {toBits(-4.0f), toBits(0.5f), toBits(3.0f)};
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMIN, values), toBits(-4.0f));
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMAX, values), toBits(3.0f));
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMIN | GDN_SIM_REDUX_ABS, values),
            toBits(0.5f));
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMAX | GDN_SIM_REDUX_ABS, values),
            toBits(4.0f));
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMIN, {toBits(0.0f), toBits(-0.0f)}),
            toBits(-0.0f));
}

TEST(Redux, NumbersWinAgainstNanUnlessAskedOtherwise) {
  std::vector<uint32_t> values = {toBits(1.0f), 0xffc00001, toBits(2.0f)};
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMAX, values), toBits(2.0f));
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMIN, values), toBits(1.0f));
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMAX | GDN_SIM_REDUX_NAN, values),
            0x7fffffffu);
  EXPECT_EQ(reduce(GDN_SIM_REDUX_FMIN, {0xffc00001}), 0x7fffffffu);
}
