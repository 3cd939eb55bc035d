//===- AccessTest.cpp - bounds, alignment, unwritten memory ---------------===//

#include "Simulate.h"

#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "shared": [{"name": "head", "bytes": 64, "alignment": 16},
             {"name": "tail", "bytes": 100, "alignment": 128},
             {"name": "dynamic", "bytes": 0, "alignment": 1024}],
  "sites": [
  {"op": "llvm.load", "at": "k.mlir:1:1", "bytes": 4, "alignment": 4,
   "access": "read", "space": "global"},
  {"op": "llvm.load", "at": "k.mlir:2:1", "bytes": 16, "alignment": 16,
   "access": "read", "space": "global"},
  {"op": "llvm.store", "at": "k.mlir:3:1", "bytes": 4, "alignment": 4,
   "access": "write", "space": "global"},
  {"op": "llvm.load", "at": "k.mlir:4:1", "bytes": 4, "alignment": 4,
   "access": "read", "space": "shared"},
  {"op": "llvm.store", "at": "k.mlir:5:1", "bytes": 4, "alignment": 4,
   "access": "write", "space": "shared"},
  {"op": "llvm.load", "at": "k.mlir:6:1", "bytes": 4, "alignment": 4,
   "access": "read", "space": "generic"}]})";
enum { Load, LoadVector, Store, LoadShared, StoreShared, LoadGeneric };

static const std::string where =
    "kernel 'k', CTA (0, 0, 0), thread (0, 0, 0): ";

/// Accesses byte `offset` of argument 0 at `site`, or of variable `variable`.
namespace {
struct Access {
  uint32_t site;
  int64_t offset;
  int variable = -1;
};
} // namespace

static void accessKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  auto *access = getPointer<Access>(arguments, 1);
  char *begin = access->variable < 0
                    ? getPointer<char>(arguments, 0)
                    : static_cast<char *>(gdn_sim_shared(
                          thread, static_cast<uint32_t>(access->variable)));
  // An offset from null is an address too, though C++ has none.
  auto address = reinterpret_cast<uintptr_t>(begin) + access->offset;
  gdn_sim_access(thread, access->site, reinterpret_cast<const void *>(address));
}

static std::string access(void *memory, Access access) {
  return simulate(accessKernel, {memory, &access},
                  {/*block=*/1, /*grid=*/1, /*dynamicSharedBytes=*/256});
}

TEST(Access, StaysInItsBuffer) {
  DeviceArray<float> before(std::vector<float>(8)),
      array(std::vector<float>(8)), after(std::vector<float>(8));
  EXPECT_EQ(access(array.get(), {Load, 28}), "");
  EXPECT_EQ(access(array.get(), {LoadVector, 16}), "");
  EXPECT_EQ(access(array.get(), {Load, 32}),
            where + "'llvm.load' at k.mlir:1:1 reads 4 bytes out of bounds, at "
                    "offset 32 of the buffer of argument 0 of 32 bytes");
}

TEST(Access, EndsInItsBuffer) {
  DeviceArray<float> array(std::vector<float>(6));
  EXPECT_EQ(access(array.get(), {LoadVector, 16}),
            where + "'llvm.load' at k.mlir:2:1 reads 16 bytes out of bounds, "
                    "at offset 16 of the buffer of argument 0 of 24 bytes");
}

TEST(Access, BeginsInItsBuffer) {
  DeviceArray<float> array(std::vector<float>(6));
  EXPECT_EQ(access(array.get(), {Store, -4}),
            where + "'llvm.store' at k.mlir:3:1 writes 4 bytes out of bounds, "
                    "at offset -4 of the buffer of argument 0 of 24 bytes");
}

TEST(Access, FarFromAllBuffers) {
  DeviceArray<float> array(std::vector<float>(6));
  EXPECT_NE(access(nullptr, {Load, 64}).find("out of bounds"),
            std::string::npos);
}

TEST(Access, NothingIsAllocated) {
  EXPECT_EQ(access(nullptr, {Load, 64}),
            where + "'llvm.load' at k.mlir:1:1 reads 4 bytes out of bounds, at "
                    "global memory, of which nothing is allocated");
}

TEST(Access, StaysInItsVariable) {
  EXPECT_EQ(access(nullptr, {StoreShared, 60, 0}), "");
  EXPECT_EQ(access(nullptr, {StoreShared, 252, 2}), "");
  EXPECT_EQ(access(nullptr, {StoreShared, 64, 0}),
            where + "'llvm.store' at k.mlir:5:1 writes 4 bytes out of bounds, "
                    "at offset 64 of shared variable 'head' of 64 bytes");
  EXPECT_EQ(access(nullptr, {StoreShared, -4, 1}),
            where + "'llvm.store' at k.mlir:5:1 writes 4 bytes out of bounds, "
                    "at offset -4 of shared variable 'tail' of 100 bytes");
  EXPECT_EQ(access(nullptr, {StoreShared, 256, 2}),
            where + "'llvm.store' at k.mlir:5:1 writes 4 bytes out of bounds, "
                    "at offset 256 of shared variable 'dynamic' of 256 bytes");
  EXPECT_NE(access(nullptr, {StoreShared, 1 << 20, 2}).find("out of bounds"),
            std::string::npos);
}

TEST(Access, StaysInItsSpace) {
  DeviceArray<float> array(std::vector<float>(6));
  EXPECT_EQ(access(array.get(), {LoadGeneric, 0}), "");
  EXPECT_NE(access(nullptr, {LoadGeneric, 0, 0}).find("was never written"),
            std::string::npos);
  EXPECT_NE(access(nullptr, {Load, 0, 0}).find("out of bounds"),
            std::string::npos);
  EXPECT_NE(access(array.get(), {LoadShared, 0}).find("out of bounds"),
            std::string::npos);
}

TEST(Access, IsAligned) {
  DeviceArray<float> array(std::vector<float>(8));
  EXPECT_EQ(access(array.get(), {LoadVector, 4}),
            where + "'llvm.load' at k.mlir:2:1 reads 16 bytes at offset 4 of "
                    "the buffer of argument 0 of 32 bytes, an address that is "
                    "no multiple of 16");
  EXPECT_EQ(access(nullptr, {StoreShared, 2, 1}),
            where + "'llvm.store' at k.mlir:5:1 writes 4 bytes at offset 2 of "
                    "shared variable 'tail' of 100 bytes, an address that is "
                    "no multiple of 4");
}

TEST(Access, ReadsWhatWasWritten) {
  DeviceArray<float> array(8);
  EXPECT_EQ(access(array.get(), {Load, 12}),
            where + "'llvm.load' at k.mlir:1:1 reads offset 12 of the buffer "
                    "of argument 0 of 32 bytes, which was never written");
  EXPECT_EQ(access(nullptr, {LoadShared, 8, 1}),
            where + "'llvm.load' at k.mlir:4:1 reads offset 8 of shared "
                    "variable 'tail' of 100 bytes, which was never written");
}

// A failed call frees what it allocated: written and read in one.
TEST(Access, WritesOfEarlierLaunchesCount) {
  DeviceArray<float> array(8);
  EXPECT_EQ(access(array.get(), {Store, 12}), "");
  EXPECT_EQ(access(array.get(), {Load, 12}), "");
  EXPECT_NE(access(array.get(), {LoadVector, 0}).find("reads offset 0 of"),
            std::string::npos);
}

TEST(Access, SharedMemoryIsForgottenAfterACta) {
  EXPECT_EQ(access(nullptr, {StoreShared, 8, 1}), "");
  EXPECT_NE(access(nullptr, {LoadShared, 8, 1}).find("was never written"),
            std::string::npos);
}

TEST(Access, HostMemoryCountsAsWritten) {
  alignas(16) float values[8] = {};
  addMemory(values, sizeof(values));
  EXPECT_EQ(access(values, {LoadVector, 0}), "");
  EXPECT_NE(access(values, {LoadVector, 32}).find("out of bounds"),
            std::string::npos);
  removeMemory(values);
  EXPECT_NE(access(values, {LoadVector, 0}).find("out of bounds"),
            std::string::npos);
}

TEST(Access, WithoutTrackingBoundsHold) {
  DeviceArray<float> array(8);
  setTracking(false);
  EXPECT_EQ(access(array.get(), {Load, 12}), "");
  EXPECT_NE(access(array.get(), {Load, 32}).find("out of bounds"),
            std::string::npos);
  setTracking(true);
}
