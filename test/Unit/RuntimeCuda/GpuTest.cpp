//===- GpuTest.cpp - what compiled code is refused, with or without a GPU -===//

#include "runtime/cuda/Gpu.h"
#include "runtime/cpu/Invocation.h"

#include <gtest/gtest.h>

using namespace gdn::runtime;

/// Calls `function` as compiled code is called. The error's sentence, or "".
static std::string callAsCompiledCode(void (*function)()) {
  auto call = [](void **packed) { reinterpret_cast<void (*)()>(packed)(); };
  CallReport report;
  return invoke(call, reinterpret_cast<void **>(function), report).message();
}

TEST(Gpu, RefusesNegativeSizes) {
  EXPECT_EQ(callAsCompiledCode([] { cuda::allocate(-1); }),
            "cannot allocate -1 bytes on the GPU");
}
