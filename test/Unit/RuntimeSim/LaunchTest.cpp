//===- LaunchTest.cpp - launches, memory and reports ----------------------===//

#include "Simulate.h"

#include <gtest/gtest.h>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "sites": [
  {"op": "llvm.load", "at": "k.mlir:1:1", "bytes": 4, "alignment": 4,
   "access": "read", "space": "global"},
  {"op": "llvm.store", "at": "k.mlir:2:1", "bytes": 4, "alignment": 4,
   "access": "write", "space": "global"},
  {"op": "llvm.intr.trap", "at": "k.mlir:3:1"}],
  "blocks": [{"llvm.fadd": [2, 8], "llvm.load": [1, 1]},
             {"llvm.fadd": [1, 1]}]})";
enum { Load, Store, Trap };

/// Writes its own number in the grid to its place, read with element 0.
static void numberKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  uint64_t *counters = gdn_sim_counters(thread);
  ++counters[0];
  uint32_t index = gdn_sim_register(thread, GDN_SIM_CTAID_X) *
                       gdn_sim_register(thread, GDN_SIM_NTID_X) +
                   gdn_sim_register(thread, GDN_SIM_TID_X);
  if (index % 2)
    ++counters[1];
  auto *in = getPointer<uint32_t>(arguments, 0);
  auto *out = getPointer<uint32_t>(arguments, 1) + index;
  gdn_sim_access(thread, Load, in);
  gdn_sim_access(thread, Store, out);
  *out = *in + index;
}

TEST(Launch, RunsAllThreads) {
  DeviceArray<uint32_t> in(std::vector<uint32_t>{7}), out(3 * 40);
  resetReport();
  ASSERT_EQ(simulate(numberKernel, {in.get(), out.get()}, {40, 3}), "");
  std::vector<uint32_t> values = out.read();
  for (uint32_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(values[i], 7 + i);
}

TEST(Launch, Counts) {
  DeviceArray<uint32_t> in(std::vector<uint32_t>{7}), out(3 * 40);
  resetReport();
  for (int i = 0; i < 2; ++i)
    ASSERT_EQ(simulate(numberKernel, {in.get(), out.get()}, {40, 3}), "");
  std::vector<KernelReport> reports = getReport();
  ASSERT_EQ(reports.size(), 1u);
  KernelReport &report = reports.front();
  EXPECT_EQ(report.kernel, "k");
  EXPECT_EQ(report.launches, 2u);
  EXPECT_EQ(report.ctas, 6u);
  EXPECT_EQ(report.threads, 240u);
  EXPECT_EQ(report.global.read, 240u * 4);
  EXPECT_EQ(report.global.written, 240u * 4);
  EXPECT_EQ(report.distinct.read, 2u * 4);
  EXPECT_EQ(report.distinct.written, 240u * 4);
  EXPECT_EQ(report.distinct.manyCtas, 2u * 4);
  // 6 CTAs of 2 warps; half of the threads execute the second block.
  EXPECT_EQ(report.operations["llvm.fadd"].threads, 240u * 2 + 120);
  EXPECT_EQ(report.operations["llvm.fadd"].elements, 240u * 8 + 120);
  EXPECT_EQ(report.operations["llvm.fadd"].warps, 12u * 2 + 12);
  EXPECT_EQ(report.operations["llvm.load"].warps, 12u);
}

TEST(Launch, RendersItsReport) {
  DeviceArray<uint32_t> in(std::vector<uint32_t>{7}), out(1);
  resetReport();
  ASSERT_EQ(simulate(numberKernel, {in.get(), out.get()}, {1}), "");
  EXPECT_EQ(renderSimReport(), R"({
  "kernels": [
    {
      "kernel": "k",
      "launches": 1,
      "ctas": 1,
      "threads": 1,
      "bytes": {
        "global": {
          "read": 4,
          "written": 4,
          "distinct_read": 4,
          "distinct_written": 4,
          "read_by_many_ctas": 0
        },
        "shared": {
          "read": 0,
          "written": 0
        },
        "local": {
          "read": 0,
          "written": 0
        }
      },
      "operations": {
        "llvm.fadd": {
          "threads": 2,
          "elements": 8,
          "warps": 2
        },
        "llvm.load": {
          "threads": 1,
          "elements": 1,
          "warps": 1
        }
      }
    }
  ]
}
)");
}

TEST(Launch, AnEmptyGridDoesNothing) {
  EXPECT_EQ(simulate(numberKernel, {}, {/*block=*/32, /*grid=*/0}), "");
}

TEST(Launch, RefusesImpossibleSizes) {
  EXPECT_EQ(simulate(numberKernel, {}, {1025}),
            "kernel 'k' is launched with 1025 threads along x, but a CTA has 1 "
            "to 1024");
  EXPECT_EQ(simulate(numberKernel, {}, {0}),
            "kernel 'k' is launched with 0 threads along x, but a CTA has 1 to "
            "1024");
  EXPECT_EQ(simulate(numberKernel, {}, {32, -1}),
            "kernel 'k' is launched with -1 CTAs along x, but a grid has 1 to "
            "2147483647");
  EXPECT_EQ(simulate(numberKernel, {}, {32, 1, 232449}),
            "kernel 'k' is launched with 232449 bytes of dynamic shared "
            "memory, but a CTA has at most 232448");
  EXPECT_EQ(simulate(nullptr, {}),
            "kernel 'k' is compiled for a GPU, not for the simulator");
}

TEST(Launch, RefusesTooMuchSharedMemory) {
  auto kernel = [](void *const *) {
    gdn_sim_enter(R"({"shared": [{"name": "a", "bytes": 40000},
                                 {"name": "b", "bytes": 9153}]})",
                  1);
  };
  EXPECT_EQ(simulate(kernel, {}),
            "kernel 'k' has variables of 49153 bytes in shared memory, more "
            "than 49152; only dynamic shared memory can be larger");
  auto dynamicKernel = [](void *const *) {
    gdn_sim_enter(R"({"shared": [{"name": "a", "bytes": 40000}]})", 1);
  };
  EXPECT_EQ(simulate(dynamicKernel, {}, {32, 1, 200000}),
            "kernel 'k' needs 240000 bytes of shared memory, more than 232448");
}

TEST(Launch, RefusesWhatIsNoTable) {
  auto kernel = [](void *const *) { gdn_sim_enter("{", 1); };
  EXPECT_EQ(simulate(kernel, {}),
            "kernel 'k' expects the table of a simulated kernel to be a JSON "
            "object");
}

TEST(Launch, SharedMemoryHasShortAddresses) {
  auto kernel = [](void *const *arguments) {
    GdnSimThread *thread = gdn_sim_enter(
        R"({"shared": [{"name": "a", "bytes": 4},
                       {"name": "b", "bytes": 4, "alignment": 1024}]})",
        1);
    auto *addresses = getPointer<uintptr_t>(arguments, 0);
    for (uint32_t i : {0, 1})
      addresses[i] = reinterpret_cast<uintptr_t>(gdn_sim_shared(thread, i));
  };
  uintptr_t addresses[2] = {};
  ASSERT_EQ(simulate(kernel, {addresses}, {1}), "");
  EXPECT_EQ(addresses[0] & 0x3ffff, 0u);
  EXPECT_EQ(addresses[1] & 0x3ffff, 1024u);
#ifdef __x86_64__
  EXPECT_LT(addresses[1], uintptr_t(1) << 32);
#endif
}

TEST(Launch, Traps) {
  auto kernel = [](void *const *) {
    gdn_sim_trap(gdn_sim_enter(table, 1), Trap);
  };
  EXPECT_EQ(simulate(kernel, {}),
            "kernel 'k', CTA (0, 0, 0), thread (0, 0, 0): 'llvm.intr.trap' at "
            "k.mlir:3:1 is reached");
}

TEST(DeviceMemory, CopiesStayInBuffers) {
  static void *device = nullptr;
  EXPECT_EQ(callAsCompiledCode([] {
              static char host[64];
              device = allocate(32);
              copyToDevice(device, host, 64);
            }),
            "copies 64 bytes to the simulated GPU beyond what is allocated "
            "there");
  // The failed call has freed it.
  EXPECT_EQ(callAsCompiledCode([] { sim::free(device); }),
            "frees memory that is not allocated on the simulated GPU");
  EXPECT_EQ(callAsCompiledCode([] { sim::free(nullptr); }), "");
}

TEST(DeviceMemory, RunsOut) {
  EXPECT_EQ(callAsCompiledCode([] { allocate(int64_t(1) << 60); }),
            "cannot allocate 1152921504606846976 bytes on the simulated GPU");
  EXPECT_EQ(callAsCompiledCode([] { allocate(-1); }),
            "cannot allocate -1 bytes on the simulated GPU");
}

TEST(DeviceMemory, IsAligned) {
  DeviceArray<char> array(1);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(array.get()) % 256, 0u);
}
