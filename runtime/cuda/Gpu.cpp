//===- Gpu.cpp - An NVIDIA GPU --------------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Gpu.h"
#include "runtime/cpu/CompiledCode.h"
#include "runtime/cuda/Modules.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <limits>
#include <set>

using namespace gdn::runtime;
using namespace gdn::runtime::cuda;

static std::atomic<int> chosenDevice = 0;
static thread_local CUstream currentStream = nullptr;
static thread_local std::set<void *> allocations;
static thread_local CUfunction lastFunction = nullptr;

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

void gdn::runtime::cuda::setDevice(int ordinal) { chosenDevice = ordinal; }

void gdn::runtime::cuda::setStream(CUstream stream) { currentStream = stream; }

static Error makeCurrent(const Driver &driver, int ordinal) {
  int count = 0;
  if (Error error =
          driver.check(driver.cuDeviceGetCount(&count), "cuDeviceGetCount"))
    return error;
  if (ordinal < 0 || ordinal >= count)
    return makeError("no device ", ordinal, ": this machine's GPUs are 0 to ",
                     count - 1);
  CUdevice device = 0;
  CUcontext context = nullptr;
  if (Error error =
          driver.check(driver.cuDeviceGet(&device, ordinal), "cuDeviceGet"))
    return error;
  if (Error error =
          driver.check(driver.cuDevicePrimaryCtxRetain(&context, device),
                       "cuDevicePrimaryCtxRetain"))
    return error;
  return driver.check(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
}

Result<const Driver *> gdn::runtime::cuda::enterContext() {
  const Result<const Driver *> &driver = getDriver();
  if (!driver)
    return driver;
  CUcontext context = nullptr;
  if (Error error = (*driver)->check((*driver)->cuCtxGetCurrent(&context),
                                     "cuCtxGetCurrent"))
    return error;
  if (!context)
    if (Error error = makeCurrent(**driver, chosenDevice))
      return error;
  return driver;
}

Result<DeviceInfo> gdn::runtime::cuda::getDeviceInfo() {
  Result<const Driver *> entered = enterContext();
  if (!entered)
    return entered.takeError();
  const Driver &driver = **entered;
  CUdevice device = 0;
  DeviceInfo info;
  char name[256] = {};
  if (Error error =
          driver.check(driver.cuCtxGetDevice(&device), "cuCtxGetDevice"))
    return error;
  if (Error error =
          driver.check(driver.cuDeviceGetName(name, sizeof(name) - 1, device),
                       "cuDeviceGetName"))
    return error;
  info.name = name;
  for (auto [attribute, value] :
       {std::pair(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, &info.major),
        {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, &info.minor}})
    if (Error error =
            driver.check(driver.cuDeviceGetAttribute(value, attribute, device),
                         "cuDeviceGetAttribute"))
      return error;
  return info;
}

//===----------------------------------------------------------------------===//
// What compiled code calls
//===----------------------------------------------------------------------===//

/// Ends the call of compiled code if `run` fails. No object with a destructor
/// is alive then: the end is a jump.
template <typename Run> static void requireSuccess(Run run) {
  static thread_local char message[1024];
  {
    Error error = run();
    if (!error)
      return;
    std::snprintf(message, sizeof(message), "%s", error.message().c_str());
  }
  gdn_runtime_fail(message);
}

/// The same for what is handed the driver.
template <typename Run> static void require(Run run) {
  requireSuccess([&] {
    Result<const Driver *> driver = enterContext();
    return driver ? run(**driver) : driver.takeError();
  });
}

static CUdeviceptr toAddress(const void *pointer) {
  return reinterpret_cast<CUdeviceptr>(pointer);
}

static Error describeShortage(const Driver &driver, int64_t bytes) {
  size_t free = 0, total = 0;
  if (Error error =
          driver.check(driver.cuMemGetInfo(&free, &total), "cuMemGetInfo"))
    return error;
  return makeError("cannot allocate ", bytes, " bytes on the GPU, which has ",
                   free, " of ", total, " free");
}

void *gdn::runtime::cuda::allocate(int64_t bytes) {
  requireSuccess([&] {
    return bytes < 0 ? makeError("cannot allocate ", bytes, " bytes on the GPU")
                     : Error::success();
  });
  void *pointer = nullptr;
  require([&](const Driver &driver) {
    CUdeviceptr address = 0;
    CUresult result = driver.cuMemAlloc(
        &address, static_cast<size_t>(std::max<int64_t>(bytes, 1)));
    if (result == CUDA_ERROR_OUT_OF_MEMORY)
      return describeShortage(driver, bytes);
    if (Error error = driver.check(result, "cuMemAlloc"))
      return error;
    pointer = reinterpret_cast<void *>(address);
    allocations.insert(pointer);
    return Error::success();
  });
  return pointer;
}

void gdn::runtime::cuda::free(void *pointer) {
  if (!pointer)
    return;
  require([&](const Driver &driver) {
    allocations.erase(pointer);
    return driver.check(driver.cuMemFree(toAddress(pointer)), "cuMemFree");
  });
}

void gdn::runtime::cuda::freeAll() {
  if (allocations.empty())
    return;
  const Result<const Driver *> &driver = getDriver();
  // After a kernel's failure the context is lost, and so is its memory.
  for (void *pointer : allocations)
    (void)(*driver)->cuMemFree(toAddress(pointer));
  allocations.clear();
}

void gdn::runtime::cuda::copyToDevice(void *device, const void *host,
                                      int64_t bytes) {
  if (bytes <= 0)
    return;
  require([&](const Driver &driver) {
    return driver.check(driver.cuMemcpyHtoDAsync(toAddress(device), host,
                                                 static_cast<size_t>(bytes),
                                                 currentStream),
                        "cuMemcpyHtoDAsync");
  });
}

void gdn::runtime::cuda::copyToHost(void *host, const void *device,
                                    int64_t bytes) {
  require([&](const Driver &driver) {
    if (bytes > 0)
      if (Error error =
              driver.check(driver.cuMemcpyDtoHAsync(host, toAddress(device),
                                                    static_cast<size_t>(bytes),
                                                    currentStream),
                           "cuMemcpyDtoHAsync"))
        return error;
    return driver.check(driver.cuStreamSynchronize(currentStream),
                        "cuStreamSynchronize");
  });
}

/// What the driver takes: 2^31 - 1 CTAs in x, 65535 in y and z.
static Error checkGrid(const GdnKernel &kernel, int64_t x, int64_t y,
                       int64_t z) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  if (x <= most && y <= 65535 && z <= 65535)
    return Error::success();
  return makeError("kernel '", kernel.name, "' needs a grid of ", x, " x ", y,
                   " x ", z, " CTAs, more than a GPU takes; split the batch");
}

void gdn::runtime::cuda::launch(GdnKernel *kernel, int64_t gridX, int64_t gridY,
                                int64_t gridZ, int64_t blockX, int64_t blockY,
                                int64_t blockZ, int64_t dynamicSharedBytes,
                                void *const *arguments) {
  if (gridX <= 0 || gridY <= 0 || gridZ <= 0)
    return;
  require([&](const Driver &driver) {
    if (Error error = checkGrid(*kernel, gridX, gridY, gridZ))
      return error;
    Result<CUfunction> function =
        getFunction(driver, *kernel, dynamicSharedBytes);
    if (!function)
      return function.takeError();
    lastFunction = *function;
    return driver.check(
        driver.cuLaunchKernel(
            *function, static_cast<unsigned>(gridX),
            static_cast<unsigned>(gridY), static_cast<unsigned>(gridZ),
            static_cast<unsigned>(blockX), static_cast<unsigned>(blockY),
            static_cast<unsigned>(blockZ),
            static_cast<unsigned>(dynamicSharedBytes), currentStream,
            const_cast<void **>(arguments), nullptr),
        "cuLaunchKernel");
  });
}

Result<KernelInfo> gdn::runtime::cuda::getLastKernelInfo() {
  if (!lastFunction)
    return makeError("no kernel was launched");
  Result<const Driver *> driver = enterContext();
  if (!driver)
    return driver.takeError();
  KernelInfo info;
  for (auto [attribute, value] :
       {std::pair(CU_FUNC_ATTRIBUTE_NUM_REGS, &info.registers),
        {CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, &info.localBytes},
        {CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, &info.sharedBytes}})
    if (Error error = (*driver)->check(
            (*driver)->cuFuncGetAttribute(value, attribute, lastFunction),
            "cuFuncGetAttribute"))
      return error;
  return info;
}

std::vector<std::pair<const char *, void *>> gdn::runtime::cuda::getSymbols() {
  return {{"gdn_gpu_allocate", reinterpret_cast<void *>(allocate)},
          {"gdn_gpu_free", reinterpret_cast<void *>(cuda::free)},
          {"gdn_gpu_copy_to_device", reinterpret_cast<void *>(copyToDevice)},
          {"gdn_gpu_copy_to_host", reinterpret_cast<void *>(copyToHost)},
          {"gdn_gpu_launch", reinterpret_cast<void *>(launch)}};
}
