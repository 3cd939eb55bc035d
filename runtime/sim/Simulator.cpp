//===- Simulator.cpp - A GPU in host memory -------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Simulator.h"
#include "gdn-c/Sim.h"
#include "runtime/cpu/CompiledCode.h"
#include "runtime/sim/Cta.h"

#include <cstring>
#include <mutex>
#include <unordered_map>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

namespace {
/// The state of the simulated GPU.
struct Simulator {
  std::mutex mutex;
  Memory memory;
  SharedMemory shared;
  Tracker tracker;
  StackPool stacks;
  bool isTracked = true;
  /// Tables of kernels by their text.
  std::unordered_map<std::string, std::unique_ptr<KernelTable>> tables;
  std::vector<KernelReport> reports;
  /// The CTA that runs.
  Cta *cta = nullptr;

  void freeAll();
};
} // namespace

static Simulator &getSimulator() {
  static Simulator simulator;
  return simulator;
}

void Simulator::freeAll() {
  memory.forEach([&](Buffer &buffer) {
    if (buffer.owner == std::this_thread::get_id())
      memory.remove(buffer);
  });
}

/// Ends the call with `error`, if it is one. Nothing may be left to destroy in
/// the callers.
static void endWith(Error error) {
  if (!error)
    return;
  // gdn_runtime_fail jumps away: the text must not need a destructor.
  static thread_local char message[1024];
  std::snprintf(message, sizeof(message), "%s", error.message().c_str());
  error = Error::success();
  freeAll();
  gdn_runtime_fail(message);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void *gdn::runtime::sim::allocate(int64_t bytes) {
  Buffer *buffer = nullptr;
  {
    Simulator &simulator = getSimulator();
    std::lock_guard<std::mutex> lock(simulator.mutex);
    if (bytes >= 0)
      buffer = simulator.memory.allocate(static_cast<size_t>(bytes));
  }
  if (!buffer)
    endWith(
        makeError("cannot allocate ", bytes, " bytes on the simulated GPU"));
  return buffer->begin;
}

static Error freeBuffer(void *pointer) {
  Simulator &simulator = getSimulator();
  std::lock_guard<std::mutex> lock(simulator.mutex);
  Buffer *buffer = simulator.memory.find(pointer);
  if (!buffer || buffer->begin != pointer || !buffer->data)
    return makeError("frees memory that is not allocated on the simulated GPU");
  simulator.memory.remove(*buffer);
  return Error::success();
}

void gdn::runtime::sim::free(void *pointer) {
  if (pointer)
    endWith(freeBuffer(pointer));
}

/// The buffer that all of [begin, begin + bytes) is in, or null.
static Buffer *findRange(Simulator &simulator, const void *begin,
                         size_t bytes) {
  Buffer *buffer = simulator.memory.find(begin);
  auto *last = static_cast<const char *>(begin) + bytes - 1;
  return buffer && buffer->contains(last) ? buffer : nullptr;
}

static Error copy(void *to, const void *from, int64_t bytes, bool isToDevice) {
  Simulator &simulator = getSimulator();
  std::lock_guard<std::mutex> lock(simulator.mutex);
  if (bytes <= 0)
    return Error::success();
  auto size = static_cast<size_t>(bytes);
  const void *device = isToDevice ? to : from;
  Buffer *buffer = findRange(simulator, device, size);
  if (!buffer)
    return makeError("copies ", bytes, " bytes ", isToDevice ? "to" : "from",
                     " the simulated GPU beyond what is allocated there");
  std::memcpy(to, from, size);
  if (isToDevice && simulator.isTracked) {
    auto offset = static_cast<const char *>(device) - buffer->begin;
    std::fill_n(buffer->shadow.writers + offset, size, kHost);
  }
  return Error::success();
}

void gdn::runtime::sim::copyToDevice(void *device, const void *host,
                                     int64_t bytes) {
  endWith(copy(device, host, bytes, /*isToDevice=*/true));
}

void gdn::runtime::sim::copyToHost(void *host, const void *device,
                                   int64_t bytes) {
  endWith(copy(host, device, bytes, /*isToDevice=*/false));
}

void gdn::runtime::sim::addMemory(void *begin, int64_t bytes) {
  Simulator &simulator = getSimulator();
  std::lock_guard<std::mutex> lock(simulator.mutex);
  if (bytes > 0)
    simulator.memory.add(begin, static_cast<size_t>(bytes));
}

void gdn::runtime::sim::removeMemory(void *begin) {
  Simulator &simulator = getSimulator();
  std::lock_guard<std::mutex> lock(simulator.mutex);
  Buffer *buffer = simulator.memory.find(begin);
  if (buffer && !buffer->data)
    simulator.memory.remove(*buffer);
}

void gdn::runtime::sim::freeAll() {
  Simulator &simulator = getSimulator();
  std::lock_guard<std::mutex> lock(simulator.mutex);
  simulator.freeAll();
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

/// Checks what a GPU would refuse, too.
static Error checkSizes(const char *kernel, const int64_t (&grid)[3],
                        const int64_t (&block)[3], int64_t sharedBytes) {
  const int64_t maxGrid[3] = {0x7fffffff, 65535, 65535};
  const int64_t maxBlock[3] = {1024, 1024, 64};
  for (int dim = 0; dim < 3; ++dim) {
    if (grid[dim] < 0 || grid[dim] > maxGrid[dim])
      return makeError("kernel ", quote(kernel), " is launched with ",
                       grid[dim], " CTAs along ", "xyz"[dim],
                       ", but a grid has 1 to ", maxGrid[dim]);
    if (block[dim] < 1 || block[dim] > maxBlock[dim])
      return makeError("kernel ", quote(kernel), " is launched with ",
                       block[dim], " threads along ", "xyz"[dim],
                       ", but a CTA has 1 to ", maxBlock[dim]);
  }
  if (block[0] * block[1] * block[2] > kMaxThreads)
    return makeError("kernel ", quote(kernel), " is launched with ",
                     block[0] * block[1] * block[2],
                     " threads, but a CTA has at most ", kMaxThreads);
  if (sharedBytes < 0 || sharedBytes > SharedMemory::kMaxBytes)
    return makeError("kernel ", quote(kernel), " is launched with ",
                     sharedBytes,
                     " bytes of dynamic shared memory, but a CTA "
                     "has at most ",
                     SharedMemory::kMaxBytes);
  return Error::success();
}

static Dim3 toDim3(const int64_t (&dim)[3]) {
  return {static_cast<uint32_t>(dim[0]), static_cast<uint32_t>(dim[1]),
          static_cast<uint32_t>(dim[2])};
}

/// Makes stamps of before small numbers where they would run out.
static void renumber(Simulator &simulator) {
  Clocks &clocks = simulator.tracker.clocks;
  if (!clocks.isNearlyFull())
    return;
  simulator.memory.forEach([&](Buffer &buffer) {
    for (size_t i = 0; i < buffer.bytes; ++i) {
      buffer.shadow.writers[i] = clocks.renumber(buffer.shadow.writers[i]);
      buffer.shadow.readers[i] = clocks.renumber(buffer.shadow.readers[i]);
    }
  });
  clocks.restart();
}

static Error beginLaunch(Simulator &simulator, const Launch &launch) {
  if (!simulator.shared.reserve() || !simulator.stacks.reserve(kMaxThreads))
    return makeError("cannot allocate the memory to simulate kernel ",
                     quote(launch.name));
  simulator.tracker.clocks.beginLaunch();
  simulator.tracker.distinct = DistinctBytes();
  simulator.memory.forEach([](Buffer &buffer) {
    if (buffer.shadow.hasManyCtas)
      std::memset(buffer.shadow.manyCtas, 0, buffer.bytes);
    buffer.shadow.hasManyCtas = false;
  });
  // The table comes with the first thread.
  return simulator.shared.layOut({}, 0);
}

static Error runLaunch(Simulator &simulator, Launch &launch) {
  std::lock_guard<std::mutex> lock(simulator.mutex);
  if (Error error = beginLaunch(simulator, launch))
    return error;
  launch.isTracked = simulator.isTracked;
  Cta cta(launch, simulator.stacks, simulator.shared, simulator.memory,
          simulator.tracker);
  simulator.cta = &cta;
  for (uint32_t z = 0; z < launch.grid[2]; ++z)
    for (uint32_t y = 0; y < launch.grid[1]; ++y)
      for (uint32_t x = 0; x < launch.grid[0]; x += cta.getClusterSize()) {
        renumber(simulator);
        if (Error error = cta.run({x, y, z}))
          return error;
      }
  addLaunch(simulator.reports, launch, simulator.tracker.distinct);
  return Error::success();
}

static Error launchChecked(const GdnKernel &kernel, const int64_t (&grid)[3],
                           const int64_t (&block)[3], int64_t sharedBytes,
                           void *const *arguments) {
  const char *name = kernel.name ? kernel.name : "";
  if (!kernel.simulated)
    return makeError("kernel ", quote(name),
                     " is compiled for a GPU, not for the simulator");
  if (Error error = checkSizes(name, grid, block, sharedBytes))
    return error;
  if (grid[0] == 0 || grid[1] == 0 || grid[2] == 0)
    return Error::success();
  Launch launch;
  launch.name = name;
  launch.function = kernel.simulated;
  launch.arguments = arguments;
  if (kernel.num_arguments)
    launch.argumentSizes.assign(kernel.argument_sizes,
                                kernel.argument_sizes + kernel.num_arguments);
  launch.grid = toDim3(grid);
  launch.block = toDim3(block);
  launch.dynamicSharedBytes = static_cast<uint32_t>(sharedBytes);
  return runLaunch(getSimulator(), launch);
}

void gdn::runtime::sim::launch(GdnKernel *kernel, int64_t gridX, int64_t gridY,
                               int64_t gridZ, int64_t blockX, int64_t blockY,
                               int64_t blockZ, int64_t dynamicSharedBytes,
                               void *const *arguments) {
  endWith(launchChecked(*kernel, {gridX, gridY, gridZ},
                        {blockX, blockY, blockZ}, dynamicSharedBytes,
                        arguments));
}

//===----------------------------------------------------------------------===//
// What threads ask for
//===----------------------------------------------------------------------===//

/// The table with `text`, parsed once.
static Result<KernelTable *> getTable(Simulator &simulator, const char *text) {
  std::unique_ptr<KernelTable> &table = simulator.tables[text];
  if (!table) {
    Result<std::unique_ptr<KernelTable>> parsed = KernelTable::parse(text);
    if (!parsed)
      return parsed.takeError();
    table = std::move(*parsed);
  }
  return table.get();
}

/// Takes over the table that the first thread of a launch shows.
static Error useTable(Simulator &simulator, Cta &cta, const char *text,
                      uint32_t cluster) {
  Result<KernelTable *> table = getTable(simulator, text);
  if (!table)
    return table.takeError();
  Launch &launch = cta.launch;
  launch.table = *table;
  launch.threadCounts.assign(launch.table->blocks.size(), 0);
  launch.warpCounts.assign(launch.table->blocks.size(), 0);
  if (Error error = simulator.shared.layOut(launch.table->shared,
                                            launch.dynamicSharedBytes))
    return error;
  return cta.setClusterSize(cluster);
}

GdnSimThread *gdn_sim_enter(const char *text, uint32_t cluster) {
  Simulator &simulator = getSimulator();
  Cta &cta = *simulator.cta;
  if (!cta.launch.table)
    cta.failIf(useTable(simulator, cta, text, cluster));
  Thread &thread = cta.getRunning();
  thread.counters.resize(cta.launch.table->blocks.size());
  return &thread;
}

uint64_t *gdn_sim_counters(GdnSimThread *thread) {
  return thread->counters.data();
}

void *gdn_sim_shared(GdnSimThread *thread, uint32_t variable) {
  return thread->cta->shared.getAddress(variable, thread->rank);
}

uint32_t gdn_sim_register(GdnSimThread *thread, uint32_t which) {
  const Launch &launch = thread->cta->launch;
  switch (which / 3) {
  case GDN_SIM_TID_X / 3:
    return thread->id[which % 3];
  case GDN_SIM_NTID_X / 3:
    return launch.block[which % 3];
  case GDN_SIM_CTAID_X / 3:
    return thread->cta->getId(*thread)[which % 3];
  case GDN_SIM_NCTAID_X / 3:
    return launch.grid[which % 3];
  default:
    break;
  }
  switch (which) {
  case GDN_SIM_LANEID:
    return thread->lane;
  case GDN_SIM_CLUSTER_CTARANK:
    return thread->rank;
  case GDN_SIM_CLUSTER_NCTARANK:
    return thread->cta->getClusterSize();
  default:
    return kWarpSize;
  }
}

void gdn_sim_trap(GdnSimThread *thread, uint32_t site) {
  Cta &cta = *thread->cta;
  cta.fail(*thread, cta.launch.table->sites[site], "is reached");
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

void gdn::runtime::sim::setTracking(bool isTracked) {
  Simulator &simulator = getSimulator();
  std::lock_guard<std::mutex> lock(simulator.mutex);
  simulator.isTracked = isTracked;
}

std::vector<KernelReport> gdn::runtime::sim::getReport() {
  Simulator &simulator = getSimulator();
  std::lock_guard<std::mutex> lock(simulator.mutex);
  return simulator.reports;
}

void gdn::runtime::sim::resetReport() {
  Simulator &simulator = getSimulator();
  std::lock_guard<std::mutex> lock(simulator.mutex);
  simulator.reports.clear();
}

std::string gdn::runtime::sim::renderSimReport() {
  return renderReport(getReport());
}

std::vector<std::pair<const char *, void *>> gdn::runtime::sim::getSymbols() {
  auto symbol = [](const char *name, auto *function) {
    return std::make_pair(name, reinterpret_cast<void *>(function));
  };
  return {
      symbol("gdn_gpu_allocate", allocate),
      symbol("gdn_gpu_free", static_cast<void (*)(void *)>(sim::free)),
      symbol("gdn_gpu_copy_to_device", copyToDevice),
      symbol("gdn_gpu_copy_to_host", copyToHost),
      symbol("gdn_gpu_launch", sim::launch),
      symbol("gdn_sim_enter", gdn_sim_enter),
      symbol("gdn_sim_counters", gdn_sim_counters),
      symbol("gdn_sim_shared", gdn_sim_shared),
      symbol("gdn_sim_register", gdn_sim_register),
      symbol("gdn_sim_access", gdn_sim_access),
      symbol("gdn_sim_shuffle", gdn_sim_shuffle),
      symbol("gdn_sim_vote", gdn_sim_vote),
      symbol("gdn_sim_redux", gdn_sim_redux),
      symbol("gdn_sim_elect", gdn_sim_elect),
      symbol("gdn_sim_warp_barrier", gdn_sim_warp_barrier),
      symbol("gdn_sim_barrier", gdn_sim_barrier),
      symbol("gdn_sim_barrier_arrive", gdn_sim_barrier_arrive),
      symbol("gdn_sim_mma", gdn_sim_mma),
      symbol("gdn_sim_wgmma", gdn_sim_wgmma),
      symbol("gdn_sim_load_matrices", gdn_sim_load_matrices),
      symbol("gdn_sim_store_matrices", gdn_sim_store_matrices),
      symbol("gdn_sim_transpose_matrix", gdn_sim_transpose_matrix),
      symbol("gdn_sim_copy_async", gdn_sim_copy_async),
      symbol("gdn_sim_commit_copies", gdn_sim_commit_copies),
      symbol("gdn_sim_wait_copies", gdn_sim_wait_copies),
      symbol("gdn_sim_mbarrier_init", gdn_sim_mbarrier_init),
      symbol("gdn_sim_mbarrier_invalidate", gdn_sim_mbarrier_invalidate),
      symbol("gdn_sim_mbarrier_arrive", gdn_sim_mbarrier_arrive),
      symbol("gdn_sim_mbarrier_arrive_copies", gdn_sim_mbarrier_arrive_copies),
      symbol("gdn_sim_mbarrier_expect", gdn_sim_mbarrier_expect),
      symbol("gdn_sim_mbarrier_complete", gdn_sim_mbarrier_complete),
      symbol("gdn_sim_mbarrier_wait", gdn_sim_mbarrier_wait),
      symbol("gdn_sim_map_shared", gdn_sim_map_shared),
      symbol("gdn_sim_cluster_arrive", gdn_sim_cluster_arrive),
      symbol("gdn_sim_cluster_wait", gdn_sim_cluster_wait),
      symbol("gdn_sim_copy_shared", gdn_sim_copy_shared),
      symbol("gdn_sim_fence", gdn_sim_fence),
      symbol("gdn_sim_trap", gdn_sim_trap),
  };
}
