//===- ClusterTest.cpp - clusters of CTAs against the PTX ISA -------------===//

#include "Simulate.h"

#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "shared": [{"name": "tile", "bytes": 256, "alignment": 128},
             {"name": "bar", "bytes": 8, "alignment": 8}],
  "sites": [
  {"op": "nvvm.mapa", "at": "k.mlir:1:1"},
  {"op": "nvvm.cluster.arrive", "at": "k.mlir:2:1"},
  {"op": "nvvm.cluster.wait", "at": "k.mlir:3:1"},
  {"op": "nvvm.cp.async.bulk.shared.cluster.shared.cta", "at": "k.mlir:4:1"},
  {"op": "nvvm.mbarrier.init", "at": "k.mlir:5:1"},
  {"op": "nvvm.mbarrier.arrive", "at": "k.mlir:6:1"},
  {"op": "nvvm.mbarrier.try_wait.parity", "at": "k.mlir:7:1"},
  {"op": "nvvm.fence.proxy", "at": "k.mlir:8:1"},
  {"op": "nvvm.barrier", "at": "k.mlir:9:1"},
  {"op": "llvm.store", "at": "k.mlir:10:1", "bytes": 4, "alignment": 4,
   "access": "write", "space": "shared"},
  {"op": "llvm.load", "at": "k.mlir:11:1", "bytes": 4, "alignment": 4,
   "access": "read", "space": "shared"},
  {"op": "llvm.store", "at": "k.mlir:12:1", "bytes": 4, "alignment": 4,
   "access": "write", "space": "global"},
  {"op": "llvm.load", "at": "k.mlir:13:1", "bytes": 4, "alignment": 4,
   "access": "read", "space": "global"}]})";
enum {
  MapSite,
  ClusterArriveSite,
  ClusterWaitSite,
  CopySite,
  InitSite,
  ArriveSite,
  WaitSite,
  FenceSite,
  BarrierSite,
  StoreSite,
  LoadSite,
  StoreGlobalSite,
  LoadGlobalSite
};

static const std::string first =
    "kernel 'k', CTA (0, 0, 0), thread (0, 0, 0): ";

static GdnSimThread *enter() { return gdn_sim_enter(table, 2); }

static uint32_t getIndex(GdnSimThread *thread) {
  return gdn_sim_register(thread, GDN_SIM_TID_X);
}

static uint32_t getRank(GdnSimThread *thread) {
  return gdn_sim_register(thread, GDN_SIM_CLUSTER_CTARANK);
}

static uint32_t *getTile(GdnSimThread *thread) {
  return static_cast<uint32_t *>(gdn_sim_shared(thread, 0));
}

static void *getBar(GdnSimThread *thread) { return gdn_sim_shared(thread, 1); }

/// Where `address` is in the other CTA.
template <typename T> static T *map(GdnSimThread *thread, T *address) {
  return static_cast<T *>(
      gdn_sim_map_shared(thread, MapSite, address, 1 - getRank(thread)));
}

static void store(GdnSimThread *thread, uint32_t index, uint32_t value) {
  gdn_sim_access(thread, StoreSite, getTile(thread) + index);
  getTile(thread)[index] = value;
}

static uint32_t load(GdnSimThread *thread, uint32_t index) {
  gdn_sim_access(thread, LoadSite, getTile(thread) + index);
  return getTile(thread)[index];
}

static void barrier(GdnSimThread *thread) {
  gdn_sim_barrier(thread, BarrierSite, 0, 0, GDN_SIM_BARRIER_NONE, 0);
}

static void clusterBarrier(GdnSimThread *thread) {
  gdn_sim_cluster_arrive(thread, ClusterArriveSite);
  gdn_sim_cluster_wait(thread, ClusterWaitSite);
}

static void wait(GdnSimThread *thread, uint64_t parity = 0) {
  gdn_sim_mbarrier_wait(thread, WaitSite, getBar(thread), parity,
                        /*is_parity=*/1, /*blocks=*/1);
}

/// Thread 0 of each CTA initialises its mbarrier, then the cluster goes on.
static void init(GdnSimThread *thread, bool isFenced = true) {
  if (getIndex(thread) == 0) {
    gdn_sim_mbarrier_init(thread, InitSite, getBar(thread), 1);
    if (isFenced)
      gdn_sim_fence(thread, FenceSite, GDN_SIM_FENCE_MBARRIER_INIT);
  }
  clusterBarrier(thread);
}

//===----------------------------------------------------------------------===//
// Ranks and shared memory
//===----------------------------------------------------------------------===//

TEST(Cluster, ThreadsKnowTheirPlace) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = enter();
    uint32_t cta = gdn_sim_register(thread, GDN_SIM_CTAID_X);
    getPointer<uint32_t>(arguments, 0)[cta * 64 + getIndex(thread)] =
        cta | getRank(thread) << 8 |
        gdn_sim_register(thread, GDN_SIM_CLUSTER_NCTARANK) << 16 |
        gdn_sim_register(thread, GDN_SIM_NCTAID_X) << 24;
  };
  std::vector<uint32_t> places(4 * 64);
  ASSERT_EQ(simulate(kernel, {places.data()}, {/*block=*/64, /*grid=*/4}), "");
  for (uint32_t i = 0; i < places.size(); ++i)
    EXPECT_EQ(places[i], i / 64 | i / 64 % 2 << 8 | 2 << 16 | 4 << 24);
}

TEST(Cluster, ACtaAloneIsACluster) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    uint32_t cta = gdn_sim_register(thread, GDN_SIM_CTAID_X);
    getPointer<uint32_t>(arguments, 0)[cta] =
        getRank(thread) | gdn_sim_register(thread, GDN_SIM_CLUSTER_NCTARANK)
                              << 8;
  };
  std::vector<uint32_t> places(2);
  ASSERT_EQ(simulate(kernel, {places.data()}, {32, 2}), "");
  EXPECT_EQ(places, (std::vector<uint32_t>{1 << 8, 1 << 8}));
}

TEST(Cluster, SharedMemoryIsApart) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = enter();
    uint32_t index = getIndex(thread), rank = getRank(thread);
    store(thread, index, 100 * rank + index);
    clusterBarrier(thread);
    getPointer<uint32_t>(arguments, 0)[32 * rank + index] = load(thread, index);
  };
  std::vector<uint32_t> values(64);
  ASSERT_EQ(simulate(kernel, {values.data()}, {32, 2}), "");
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(values[i], i / 32 * 100 + i % 32);
}

TEST(Cluster, SharedMemoryIsForgottenAfterACluster) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = enter();
    if (gdn_sim_register(thread, GDN_SIM_CTAID_X) < 2)
      store(thread, getIndex(thread), 1);
    else if (getRank(thread) == 1)
      load(thread, getIndex(thread));
  };
  EXPECT_EQ(simulate(kernel, {}, {32, 4}),
            "kernel 'k', CTA (3, 0, 0), thread (0, 0, 0): 'llvm.load' at "
            "k.mlir:11:1 reads offset 0 of shared variable 'tile' of 256 bytes "
            "in CTA 1 of the cluster, which was never written");
}

/// CTA 0 accesses what CTA 1 has written.
static void reachKernel(void *const *arguments) {
  GdnSimThread *thread = enter();
  store(thread, getIndex(thread), 1);
  clusterBarrier(thread);
  if (getRank(thread) == 0 && getIndex(thread) == 0)
    gdn_sim_access(thread, *getPointer<uint32_t>(arguments, 0),
                   map(thread, getTile(thread)) + 1);
}

TEST(Cluster, LoadsAndStoresStayInTheirCta) {
  const std::string place =
      " 4 bytes out of bounds, at offset 4 of shared variable 'tile' of 256 "
      "bytes in CTA 1 of the cluster";
  uint32_t site = LoadSite;
  EXPECT_EQ(simulate(reachKernel, {&site}, {32, 2}),
            first + "'llvm.load' at k.mlir:11:1 reads" + place);
  site = StoreSite;
  EXPECT_EQ(simulate(reachKernel, {&site}, {32, 2}),
            first + "'llvm.store' at k.mlir:10:1 writes" + place);
}

TEST(Cluster, MapsWhatIsThere) {
  auto beyond = [](void *const *) {
    GdnSimThread *thread = enter();
    gdn_sim_map_shared(thread, MapSite, getTile(thread), 1);
    gdn_sim_map_shared(thread, MapSite, getTile(thread), 2);
  };
  EXPECT_EQ(simulate(beyond, {}, {32, 2}),
            first + "'nvvm.mapa' at k.mlir:1:1 asks for CTA number 2 of a "
                    "cluster of 2");
  auto twice = [](void *const *) {
    GdnSimThread *thread = enter();
    map(thread, map(thread, getTile(thread)));
  };
  EXPECT_EQ(simulate(twice, {}, {32, 2}),
            first + "'nvvm.mapa' at k.mlir:1:1 expects an address in its CTA's "
                    "shared memory");
  auto global = [](void *const *arguments) {
    map(enter(), getPointer<uint32_t>(arguments, 0));
  };
  DeviceArray<uint32_t> array(1);
  EXPECT_EQ(simulate(global, {array.get()}, {32, 2}),
            first + "'nvvm.mapa' at k.mlir:1:1 expects an address in its CTA's "
                    "shared memory");
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

static void clusterKernel(void *const *arguments) {
  gdn_sim_enter(table, *getPointer<uint32_t>(arguments, 0));
}

static std::string launchClusters(uint32_t size, Shape shape) {
  return simulate(clusterKernel, {&size}, shape);
}

TEST(Cluster, DividesTheGrid) {
  EXPECT_EQ(launchClusters(2, {32, 4}), "");
  EXPECT_EQ(launchClusters(2, {32, 3}),
            "kernel 'k' has clusters of 2 CTAs, but is launched with 3 CTAs "
            "along x");
}

TEST(Cluster, HasLimits) {
  const std::string room =
      " CTAs, but the simulator has room for 1 to 8 CTAs of whole warps and "
      "1024 threads in all";
  EXPECT_EQ(launchClusters(2, {512, 2}), "");
  EXPECT_EQ(launchClusters(8, {128, 8}), "");
  EXPECT_EQ(launchClusters(2, {544, 2}), "kernel 'k' has clusters of 2" + room);
  EXPECT_EQ(launchClusters(2, {40, 2}), "kernel 'k' has clusters of 2" + room);
  EXPECT_EQ(launchClusters(9, {32, 9}), "kernel 'k' has clusters of 9" + room);
  EXPECT_EQ(launchClusters(0, {32, 2}), "kernel 'k' has clusters of 0" + room);
}

//===----------------------------------------------------------------------===//
// The barrier of the cluster
//===----------------------------------------------------------------------===//

namespace {
struct PublishOptions {
  /// The CTA that comes last.
  uint32_t lastRank = 0;
  /// CTA 0 writes between its arrival and its wait.
  bool isLate = false;
};
} // namespace

/// CTA 0 writes before it arrives, and CTA 1 reads behind the barrier.
static void publishKernel(void *const *arguments) {
  GdnSimThread *thread = enter();
  auto *value = getPointer<uint32_t>(arguments, 0);
  const PublishOptions &options = *getPointer<PublishOptions>(arguments, 1);
  bool writes = getRank(thread) == 0 && getIndex(thread) == 0;
  auto write = [&] {
    gdn_sim_access(thread, StoreGlobalSite, value);
    *value = 7;
  };
  for (int i = 0; i < 8 && getRank(thread) == options.lastRank; ++i)
    barrier(thread);
  if (writes && !options.isLate)
    write();
  gdn_sim_cluster_arrive(thread, ClusterArriveSite);
  if (writes && options.isLate)
    write();
  gdn_sim_cluster_wait(thread, ClusterWaitSite);
  if (getRank(thread) == 1 && getIndex(thread) == 0) {
    gdn_sim_access(thread, LoadGlobalSite, value);
    *getPointer<uint32_t>(arguments, 2) = *value;
  }
}

static std::string runPublish(PublishOptions options) {
  uint32_t read = 0;
  DeviceArray<uint32_t> value(1);
  std::string error =
      simulate(publishKernel, {value.get(), &options, &read}, {64, 2});
  if (error.empty())
    EXPECT_EQ(read, 7u);
  return error;
}

TEST(Cluster, OrdersWhatWasBeforeTheArrival) {
  EXPECT_EQ(runPublish({/*lastRank=*/0}), "");
  EXPECT_EQ(runPublish({/*lastRank=*/1}), "");
}

TEST(Cluster, OrdersNothingBehindTheArrival) {
  EXPECT_EQ(runPublish({/*lastRank=*/1, /*isLate=*/true}),
            "kernel 'k', CTA (1, 0, 0), thread (0, 0, 0): 'llvm.load' at "
            "k.mlir:13:1 reads offset 0 of the buffer of argument 0 of 4 "
            "bytes, which thread (0, 0, 0) of CTA (0, 0, 0) writes with no "
            "barrier between them");
}

TEST(Cluster, ItsCtasHaveBarriersOfTheirOwn) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = enter();
    if (getIndex(thread) < 32)
      barrier(thread);
  };
  EXPECT_EQ(simulate(kernel, {}, {64, 2}),
            "kernel 'k', CTA (0, 0, 0): warp 0 waits at 'nvvm.barrier' at "
            "k.mlir:9:1 for 1 more, but warp 1 exited");
}

TEST(Cluster, ADeadlockNamesThoseWhoWait) {
  // The warps of CTA 3 exit; in the cluster before, all arrived.
  auto exiting = [](void *const *) {
    GdnSimThread *thread = enter();
    if (gdn_sim_register(thread, GDN_SIM_CTAID_X) != 3)
      clusterBarrier(thread);
  };
  EXPECT_EQ(simulate(exiting, {}, {64, 4}),
            "kernel 'k', CTA (2, 0, 0): warps 0-1 of the cluster wait at "
            "'nvvm.cluster.wait' at k.mlir:3:1");
  // Thread 0 of CTA 1 waits for an arrival that never comes.
  auto waiting = [](void *const *) {
    GdnSimThread *thread = enter();
    init(thread);
    if (getRank(thread) == 0)
      clusterBarrier(thread);
    else if (getIndex(thread) == 0)
      wait(thread);
  };
  EXPECT_EQ(simulate(waiting, {}, {32, 2}),
            "kernel 'k', CTA (0, 0, 0): thread (0, 0, 0) of CTA (1, 0, 0) "
            "waits at 'nvvm.mbarrier.try_wait.parity' at k.mlir:7:1 for phase "
            "0 of the mbarrier at offset 0 of shared variable 'bar' of 8 bytes "
            "in CTA 1 of the cluster, which lacks 1 of 1 arrivals and 0 bytes; "
            "warp 0 of the cluster waits at 'nvvm.cluster.wait' at k.mlir:3:1");
}

TEST(Cluster, WaitsForItsOwnArrival) {
  // An arrival in the first cluster is none in the second one.
  auto kernel = [](void *const *) {
    GdnSimThread *thread = enter();
    if (gdn_sim_register(thread, GDN_SIM_CTAID_X) < 2)
      gdn_sim_cluster_arrive(thread, ClusterArriveSite);
    gdn_sim_cluster_wait(thread, ClusterWaitSite);
  };
  EXPECT_EQ(simulate(kernel, {}, {32, 4}),
            "kernel 'k', CTA (2, 0, 0), thread (31, 0, 0): 'nvvm.cluster.wait' "
            "at k.mlir:3:1 waits for the cluster, at whose barrier its warp "
            "has not arrived");
}

//===----------------------------------------------------------------------===//
// mbarriers of other CTAs
//===----------------------------------------------------------------------===//

/// Thread 0 of each CTA sends a number to the other one, four times. Whichever
/// comes first must wait.
static void exchangeKernel(void *const *arguments) {
  GdnSimThread *thread = enter();
  init(thread);
  auto *sent = getPointer<uint32_t>(arguments, 0);
  auto *received = getPointer<uint32_t>(arguments, 1);
  uint32_t rank = getRank(thread);
  for (uint32_t i = 0; i < 4 && getIndex(thread) == 0; ++i) {
    uint32_t mine = 2 * i + rank, theirs = mine ^ 1;
    gdn_sim_access(thread, StoreGlobalSite, sent + mine);
    sent[mine] = 10 + mine;
    gdn_sim_mbarrier_arrive(thread, ArriveSite, map(thread, getBar(thread)), 1,
                            0);
    wait(thread, i & 1);
    gdn_sim_access(thread, LoadGlobalSite, sent + theirs);
    received[theirs] = sent[theirs];
  }
  clusterBarrier(thread);
}

TEST(Cluster, ArrivalsWakeThoseWhoWaitInTheOtherCta) {
  DeviceArray<uint32_t> sent(8);
  std::vector<uint32_t> received(8);
  ASSERT_EQ(simulate(exchangeKernel, {sent.get(), received.data()}, {32, 2}),
            "");
  EXPECT_EQ(received, (std::vector<uint32_t>{10, 11, 12, 13, 14, 15, 16, 17}));
}

TEST(Cluster, WaitsAreAtOnesOwnMbarriers) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = enter();
    init(thread);
    if (getRank(thread) == 0 && getIndex(thread) == 0)
      gdn_sim_mbarrier_wait(thread, WaitSite, map(thread, getBar(thread)), 0, 1,
                            1);
  };
  EXPECT_EQ(simulate(kernel, {}, {32, 2}),
            first + "'nvvm.mbarrier.try_wait.parity' at k.mlir:7:1 waits at an "
                    "mbarrier of another CTA");
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

namespace {
/// How CTA 0 copies its tile to CTA 1.
struct CopyOptions {
  uint32_t bytes = 256;
  /// Who of CTA 0 executes the fence between the proxies: all behind their
  /// writes, or only thread 0, behind the barrier.
  bool isFenced = true;
  bool isFencedLate = false;
  bool isInitFenced = true;
  bool waits = true;
  bool completesAtHome = false;
  bool writesAgain = false;
};
} // namespace

/// Each of the 64 threads of CTA 0 writes a number, thread 0 copies all; those
/// of CTA 1 wait and read.
static void copyKernel(void *const *arguments) {
  GdnSimThread *thread = enter();
  const CopyOptions &options = *getPointer<CopyOptions>(arguments, 0);
  uint32_t index = getIndex(thread);
  bool isSource = getRank(thread) == 0;
  init(thread, options.isInitFenced);
  if (!isSource && index == 0) {
    gdn_sim_mbarrier_expect(thread, ArriveSite, getBar(thread), options.bytes);
    gdn_sim_mbarrier_arrive(thread, ArriveSite, getBar(thread), 1, 0);
  }
  clusterBarrier(thread);
  if (isSource) {
    store(thread, index, 3 * index + 1);
    if (options.isFenced)
      gdn_sim_fence(thread, FenceSite, GDN_SIM_FENCE_PROXY);
    barrier(thread);
    if (index == 0) {
      if (options.isFencedLate)
        gdn_sim_fence(thread, FenceSite, GDN_SIM_FENCE_PROXY);
      void *bar = getBar(thread);
      gdn_sim_copy_shared(
          thread, CopySite, map(thread, getTile(thread)), getTile(thread),
          options.completesAtHome ? bar : map(thread, bar), options.bytes);
      if (options.writesAgain)
        store(thread, 0, 0);
    }
  }
  // The copy has been made by then, but that is luck.
  if (!options.waits)
    clusterBarrier(thread);
  if (isSource)
    return;
  if (options.waits)
    wait(thread);
  getPointer<uint32_t>(arguments, 1)[index] = load(thread, index);
}

static std::string runCopy(CopyOptions options) {
  std::vector<uint32_t> values(64);
  std::string error = simulate(copyKernel, {&options, values.data()}, {64, 2});
  for (uint32_t i = 0; i < 64 && error.empty(); ++i)
    EXPECT_EQ(values[i], 3 * i + 1);
  return error;
}

static const std::string copies =
    first + "'nvvm.cp.async.bulk.shared.cluster.shared.cta' at k.mlir:4:1 ";

TEST(Cluster, CopiesArriveAtTheMbarrier) { EXPECT_EQ(runCopy({}), ""); }

TEST(Cluster, AllBytesAreWaitedFor) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = enter();
    init(thread);
    bool isFirst = getIndex(thread) == 0;
    if (getRank(thread) == 1) {
      if (isFirst) {
        gdn_sim_mbarrier_expect(thread, ArriveSite, getBar(thread), 48);
        gdn_sim_mbarrier_arrive(thread, ArriveSite, getBar(thread), 1, 0);
        wait(thread);
      }
      return;
    }
    store(thread, getIndex(thread), 1);
    gdn_sim_fence(thread, FenceSite, GDN_SIM_FENCE_PROXY);
    barrier(thread);
    if (isFirst)
      gdn_sim_copy_shared(thread, CopySite, map(thread, getTile(thread)),
                          getTile(thread), map(thread, getBar(thread)), 32);
  };
  EXPECT_NE(simulate(kernel, {}, {32, 2})
                .find("bar' of 8 bytes in CTA 1 of the cluster, which lacks 0 "
                      "of 1 arrivals and 16 bytes"),
            std::string::npos);
}

TEST(Cluster, CopiesNeedAFenceBetweenTheProxies) {
  CopyOptions options;
  options.isFenced = false;
  const std::string tile = "of shared variable 'tile' of 256 bytes in CTA 0 of "
                           "the cluster, which thread ";
  const std::string lacks =
      " of CTA (0, 0, 0) writes, but lacks an async proxy fence between them; "
      "it belongs behind the write, before they synchronise";
  EXPECT_EQ(runCopy(options),
            copies + "reads offset 0 " + tile + "(0, 0, 0)" + lacks);
  // A fence of the thread that copies shows only its own writes.
  options.isFencedLate = true;
  EXPECT_EQ(runCopy(options),
            copies + "reads offset 4 " + tile + "(1, 0, 0)" + lacks);
}

TEST(Cluster, CopiesNeedAFenceOfTheMbarrier) {
  CopyOptions options;
  options.isInitFenced = false;
  EXPECT_EQ(runCopy(options),
            copies + "completes at an mbarrier whose initialisation no fence "
                     "has shown to copies");
}

TEST(Cluster, ReadersWaitForTheCopy) {
  CopyOptions options;
  options.waits = false;
  std::string error = runCopy(options);
  EXPECT_NE(error.find("in CTA 1 of the cluster, which an asynchronous copy "
                       "writes with no wait between them"),
            std::string::npos)
      << error;
}

TEST(Cluster, WritersWaitForTheCopy) {
  CopyOptions options;
  options.writesAgain = true;
  EXPECT_EQ(runCopy(options),
            first + "'llvm.store' at k.mlir:10:1 writes offset 0 of shared "
                    "variable 'tile' of 256 bytes in CTA 0 of the cluster, "
                    "which an asynchronous copy reads with no wait between "
                    "them");
}

TEST(Cluster, RefusesImpossibleCopies) {
  CopyOptions options;
  options.bytes = 24;
  EXPECT_EQ(runCopy(options),
            copies + "copies 24 bytes, which is no multiple of 16");
  options = CopyOptions();
  options.completesAtHome = true;
  EXPECT_EQ(runCopy(options),
            copies + "completes at an mbarrier in another CTA than that to "
                     "which it copies");
}
