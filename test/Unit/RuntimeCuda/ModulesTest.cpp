//===- ModulesTest.cpp - kernels in the contexts of a driver without a GPU ===//

#include "runtime/cuda/Modules.h"
#include "FakeDriver.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace gdn::runtime;
using namespace gdn::runtime::cuda;

namespace {
/// A kernel with an image of its own.
struct Kernel : GdnKernel {
  explicit Kernel(const char *image) : GdnKernel() {
    this->image = image;
    image_size = std::char_traits<char>::length(image);
    name = "kernel";
  }
};

class Modules : public testing::Test {
protected:
  void SetUp() override {
    setenv("GDN_CUDA_DRIVER", GDN_FAKE_CUDA_DRIVER, /*overwrite=*/1);
    std::remove(log.c_str());
    setenv("GDN_FAKE_DRIVER_LOG", log.c_str(), /*overwrite=*/1);
    ASSERT_TRUE(bool(getDriver())) << getDriver().error().message();
  }
  void TearDown() override {
    unsetenv("GDN_FAKE_DRIVER_FAIL");
    std::remove(log.c_str());
  }

  /// The kernel's handle in `context`; null if that fails.
  CUfunction get(GdnKernel &kernel, CUctx_st &context, int64_t sharedBytes) {
    const Driver &driver = **getDriver();
    (void)driver.cuCtxSetCurrent(&context);
    Result<CUfunction> function = getFunction(driver, kernel, sharedBytes);
    message = function ? "" : function.error().message();
    return function ? *function : nullptr;
  }

  /// The lines of the log that begin with `call`.
  std::vector<std::string> findCalls(const std::string &call) const {
    std::vector<std::string> lines;
    std::ifstream file(log);
    for (std::string line; std::getline(file, line);)
      if (line.compare(0, call.size(), call) == 0)
        lines.push_back(line);
    return lines;
  }

  std::string log = testing::TempDir() + "gdn-fake-driver-" +
                    std::to_string(getpid()) + ".log";
  std::string message;
};

using Lines = std::vector<std::string>;
} // namespace

TEST_F(Modules, OnlyRaiseTheLimitOfSharedMemory) {
  Kernel kernel("raised");
  CUctx_st context = {1};
  for (int64_t bytes : {1024, 65536, 50000, 98304, 98304, 0})
    EXPECT_NE(get(kernel, context, bytes), nullptr);
  EXPECT_EQ(
      findCalls("cuFuncSetAttribute"),
      Lines({"cuFuncSetAttribute 8 65536", "cuFuncSetAttribute 8 98304"}));
}

TEST_F(Modules, AskAgainForALimitThatWasRefused) {
  Kernel kernel("refused");
  CUctx_st context = {1};
  setenv("GDN_FAKE_DRIVER_FAIL", "cuFuncSetAttribute", /*overwrite=*/1);
  EXPECT_EQ(get(kernel, context, 65536), nullptr);
  EXPECT_EQ(message,
            "kernel 'kernel' needs 65536 bytes of shared memory: "
            "cuFuncSetAttribute failed: unknown error (CUDA_ERROR_UNKNOWN)");
  unsetenv("GDN_FAKE_DRIVER_FAIL");
  EXPECT_NE(get(kernel, context, 65536), nullptr);
  EXPECT_EQ(findCalls("cuFuncSetAttribute").size(), 2u);
}

TEST_F(Modules, RaiseTheLimitOnceForAllThreads) {
  Kernel kernel("threads");
  CUctx_st context = {1};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const Driver &driver = **getDriver();
      (void)driver.cuCtxSetCurrent(&context);
      EXPECT_TRUE(bool(getFunction(driver, kernel, 65536)));
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(findCalls("cuModuleLoadDataEx").size(), 1u);
  EXPECT_EQ(findCalls("cuFuncSetAttribute").size(), 1u);
}

TEST_F(Modules, AreLoadedOnceForEachContext) {
  Kernel kernel("contexts"), twin("contexts");
  CUctx_st first = {1}, second = {2};
  CUfunction inFirst = get(kernel, first, 65536);
  CUfunction inSecond = get(kernel, second, 65536);
  EXPECT_NE(inFirst, inSecond);
  EXPECT_EQ(get(kernel, first, 65536), inFirst);
  EXPECT_EQ(get(twin, second, 65536), inSecond);
  EXPECT_EQ(findCalls("cuModuleLoadDataEx").size(), 2u);
  // Each context has a limit of its own.
  EXPECT_EQ(findCalls("cuFuncSetAttribute").size(), 2u);
}

TEST_F(Modules, AreLoadedAgainForAContextAtTheAddressOfAnother) {
  Kernel kernel("addresses");
  CUctx_st context = {1};
  CUfunction before = get(kernel, context, 0);
  context.id = 2;
  EXPECT_NE(get(kernel, context, 0), before);
  EXPECT_EQ(findCalls("cuModuleLoadDataEx").size(), 2u);
}
