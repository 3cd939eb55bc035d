//===- AsyncCopyTest.cpp - cp.async ---------------------------------------===//

#include "Simulate.h"

#include <cstring>
#include <gtest/gtest.h>
#include <numeric>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "shared": [{"name": "tile", "bytes": 1024, "alignment": 16},
             {"name": "bar", "bytes": 8, "alignment": 8}],
  "sites": [
  {"op": "nvvm.cp.async.shared.global", "at": "k.mlir:1:1"},
  {"op": "llvm.load", "at": "k.mlir:2:1", "bytes": 16, "alignment": 16,
   "access": "read", "space": "shared"},
  {"op": "nvvm.barrier", "at": "k.mlir:3:1"},
  {"op": "nvvm.cp.async.mbarrier.arrive", "at": "k.mlir:4:1"}]})";
enum { CopySite, LoadSite, BarrierSite, ArriveSite };

static char *getTile(GdnSimThread *thread) {
  return static_cast<char *>(gdn_sim_shared(thread, 0));
}

static void barrier(GdnSimThread *thread) {
  gdn_sim_barrier(thread, BarrierSite, 0, 0, GDN_SIM_BARRIER_NONE, 0);
}

static void copy(GdnSimThread *thread, void *to, const void *from,
                 uint32_t bytes = 16, uint32_t sourceBytes = 16) {
  gdn_sim_copy_async(thread, CopySite, to, from, bytes, sourceBytes);
}

static std::vector<char> makeBytes(size_t size) {
  std::vector<char> bytes(size);
  std::iota(bytes.begin(), bytes.end(), char(1));
  return bytes;
}

/// Each thread copies 16 bytes; after a barrier it reads its neighbour's.
static void exchangeKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint32_t index = gdn_sim_register(thread, GDN_SIM_TID_X);
  copy(thread, getTile(thread) + 16 * index,
       getPointer<char>(arguments, 0) + 16 * index);
  gdn_sim_commit_copies(thread);
  gdn_sim_wait_copies(thread, 0);
  barrier(thread);
  char *from = getTile(thread) + 16 * (index ^ 1);
  gdn_sim_access(thread, LoadSite, from);
  std::memcpy(getPointer<char>(arguments, 1) + 16 * index, from, 16);
}

TEST(AsyncCopy, BytesArriveAtTheWait) {
  std::vector<char> bytes = makeBytes(1024), result(1024);
  DeviceArray<char> from(bytes);
  ASSERT_EQ(simulate(exchangeKernel, {from.get(), result.data()}, {64}), "");
  for (size_t i = 0; i < 1024; ++i)
    EXPECT_EQ(result[i], bytes[i ^ 16]);
}

TEST(AsyncCopy, WhatIsNotReadIsZero) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    copy(thread, getTile(thread), getPointer<char>(arguments, 0), 16, 5);
    copy(thread, getTile(thread) + 16, getPointer<char>(arguments, 0), 4, 0);
    gdn_sim_commit_copies(thread);
    gdn_sim_wait_copies(thread, 0);
    std::memcpy(getPointer<char>(arguments, 1), getTile(thread), 20);
  };
  DeviceArray<char> from(makeBytes(5));
  std::vector<char> result(20, 77), expected(20);
  std::iota(expected.begin(), expected.begin() + 5, char(1));
  ASSERT_EQ(simulate(kernel, {from.get(), result.data()}, {1}), "");
  EXPECT_EQ(result, expected);
}

/// Commits `groups[0]` copies of one each and waits until `groups[1]` are left;
/// then reads the copy `groups[2]`.
static void groupKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  auto *groups = getPointer<uint32_t>(arguments, 1);
  for (uint32_t i = 0; i < groups[0]; ++i) {
    copy(thread, getTile(thread) + 16 * i, getPointer<char>(arguments, 0));
    gdn_sim_commit_copies(thread);
  }
  gdn_sim_wait_copies(thread, groups[1]);
  gdn_sim_access(thread, LoadSite, getTile(thread) + 16 * groups[2]);
}

TEST(AsyncCopy, GroupsCompleteInOrder) {
  DeviceArray<char> from(makeBytes(16));
  uint32_t first[] = {3, 2, 0}, all[] = {3, 0, 2}, second[] = {3, 2, 1};
  EXPECT_EQ(simulate(groupKernel, {from.get(), first}, {1}), "");
  EXPECT_EQ(simulate(groupKernel, {from.get(), all}, {1}), "");
  EXPECT_EQ(simulate(groupKernel, {from.get(), second}, {1}),
            "kernel 'k', CTA (0, 0, 0), thread (0, 0, 0): 'llvm.load' at "
            "k.mlir:2:1 reads offset 16 of shared variable 'tile' of 1024 "
            "bytes, which an asynchronous copy of thread (0, 0, 0) writes with "
            "no wait between them");
}

TEST(AsyncCopy, WhatIsNotCommittedIsNotWaitedFor) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    copy(thread, getTile(thread), getPointer<char>(arguments, 0));
    gdn_sim_wait_copies(thread, 0);
    gdn_sim_access(thread, LoadSite, getTile(thread));
  };
  DeviceArray<char> from(makeBytes(16));
  EXPECT_NE(simulate(kernel, {from.get()}, {1}).find("with no wait between"),
            std::string::npos);
}

TEST(AsyncCopy, OthersNeedABarrier) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    if (gdn_sim_register(thread, GDN_SIM_TID_X) == 0) {
      copy(thread, getTile(thread), getPointer<char>(arguments, 0));
      gdn_sim_commit_copies(thread);
      gdn_sim_wait_copies(thread, 0);
    } else {
      gdn_sim_access(thread, LoadSite, getTile(thread));
    }
  };
  DeviceArray<char> from(makeBytes(16));
  EXPECT_NE(simulate(kernel, {from.get()}, {2})
                .find("thread (1, 0, 0): 'llvm.load' at k.mlir:2:1 reads "
                      "offset 0 of shared variable 'tile' of 1024 bytes, which "
                      "thread (0, 0, 0) writes with no barrier between them"),
            std::string::npos);
}

/// Copies 16 bytes from and to these offsets.
static void offsetKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  auto *offsets = getPointer<int>(arguments, 1);
  copy(thread, getTile(thread) + offsets[1],
       getPointer<char>(arguments, 0) + offsets[0]);
}

TEST(AsyncCopy, ChecksBothPlaces) {
  auto run = [&](int source, int destination) {
    DeviceArray<char> from(makeBytes(32));
    int offsets[] = {source, destination};
    return simulate(offsetKernel, {from.get(), offsets}, {1});
  };
  EXPECT_EQ(run(16, 1008), "");
  EXPECT_NE(run(32, 0).find("reads 16 bytes out of bounds"), std::string::npos);
  EXPECT_NE(run(8, 0).find("reads 16 bytes at offset 8"), std::string::npos);
  EXPECT_NE(run(0, 1024).find("writes 16 bytes out of bounds"),
            std::string::npos);
  EXPECT_NE(run(0, 4).find("writes 16 bytes at offset 4"), std::string::npos);
}

//===----------------------------------------------------------------------===//
// cp.async.mbarrier.arrive
//===----------------------------------------------------------------------===//

namespace {
/// How threads 0 and 1, or one of these, tell of their copies.
struct ArrivalOptions {
  uint32_t count = 2;
  uint32_t noinc = 1;
  bool arrivesBefore = false;
  bool waits = true;
};
} // namespace

/// Threads 0 and 1 copy 16 bytes each, which thread 2 reads once it has waited.
static void arrivalKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  auto *options = getPointer<ArrivalOptions>(arguments, 1);
  uint32_t index = gdn_sim_register(thread, GDN_SIM_TID_X);
  void *bar = gdn_sim_shared(thread, 1);
  if (index == 0)
    gdn_sim_mbarrier_init(thread, ArriveSite, bar, options->count);
  barrier(thread);
  auto arrive = [&] {
    gdn_sim_mbarrier_arrive_copies(thread, ArriveSite, bar, options->noinc);
    if (!options->noinc)
      gdn_sim_mbarrier_arrive(thread, ArriveSite, bar, 1, 0);
  };
  if (index < 2) {
    if (options->arrivesBefore)
      arrive();
    copy(thread, getTile(thread) + 16 * index, getPointer<char>(arguments, 0));
    if (!options->arrivesBefore)
      arrive();
  }
  if (!options->waits)
    barrier(thread);
  if (index < 2)
    return;
  if (options->waits)
    gdn_sim_mbarrier_wait(thread, ArriveSite, bar, 0, 1, 1);
  gdn_sim_access(thread, LoadSite, getTile(thread));
  gdn_sim_access(thread, LoadSite, getTile(thread) + 16);
  std::memcpy(getPointer<char>(arguments, 2), getTile(thread), 32);
}

static std::string runArrival(ArrivalOptions options) {
  std::vector<char> bytes = makeBytes(16), result(32);
  DeviceArray<char> from(bytes);
  std::string error =
      simulate(arrivalKernel, {from.get(), &options, result.data()}, {3});
  if (error.empty())
    for (size_t i = 0; i < 32; ++i)
      EXPECT_EQ(result[i], bytes[i % 16]);
  return error;
}

TEST(AsyncCopy, CompletesAPhase) {
  EXPECT_EQ(runArrival({2, /*noinc=*/1}), "");
  EXPECT_EQ(runArrival({2, /*noinc=*/0}), "");
}

TEST(AsyncCopy, APhaseThatNobodyWaitsForTellsNothing) {
  EXPECT_EQ(runArrival({2, 1, false, /*waits=*/false}),
            "kernel 'k', CTA (0, 0, 0), thread (2, 0, 0): 'llvm.load' at "
            "k.mlir:2:1 reads offset 0 of shared variable 'tile' of 1024 "
            "bytes, which an asynchronous copy writes with no wait between "
            "them");
}

TEST(AsyncCopy, LaterCopiesAreNotOfThePhase) {
  EXPECT_NE(runArrival({2, 1, /*arrivesBefore=*/true})
                .find("which an asynchronous copy of thread (0, 0, 0) writes "
                      "with no wait between them"),
            std::string::npos);
}

// Without noinc an arrival is added before it is taken away.
TEST(AsyncCopy, ArrivalsAreCounted) {
  EXPECT_NE(runArrival({1, /*noinc=*/1}), "");
  EXPECT_NE(runArrival({3, /*noinc=*/1}).find("lacks 1 of 3 arrivals"),
            std::string::npos);
}
