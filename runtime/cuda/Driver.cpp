//===- Driver.cpp - NVIDIA's driver, loaded when needed -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Driver.h"

#include <cstdlib>
#include <dlfcn.h>

using namespace gdn::runtime;
using namespace gdn::runtime::cuda;

/// "11.4" for 11040.
static std::string formatVersion(int version) {
  return std::to_string(version / 1000) + "." +
         std::to_string(version % 1000 / 10);
}

Error Driver::check(CUresult result, const char *call) const {
  if (result == CUDA_SUCCESS)
    return Error::success();
  const char *text = nullptr, *name = nullptr;
  cuGetErrorString(result, &text);
  cuGetErrorName(result, &name);
  return makeError(call, " failed: ", text ? text : "an unknown error", " (",
                   name ? name : std::to_string(static_cast<int>(result)), ")");
}

/// The version of the library's CUDA, which is asked for before anything else.
static Error checkVersion(void *library) {
  auto getVersion = reinterpret_cast<CUresult (*)(int *)>(
      dlsym(library, "cuDriverGetVersion"));
  int version = 0;
  if (!getVersion || getVersion(&version) != CUDA_SUCCESS)
    return makeError("the CUDA driver does not say its version: is it whole?");
  if (version >= kOldestDriver)
    return Error::success();
  return makeError("the CUDA driver is too old: it serves CUDA ",
                   formatVersion(version), ", but ",
                   formatVersion(kOldestDriver),
                   " is needed; update NVIDIA's driver");
}

static Error loadFunctions(void *library, Driver &driver) {
  auto load = [&](const char *symbol, int oldest, auto &function) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(
        dlsym(library, symbol));
    if (function)
      return Error::success();
    return makeError("the CUDA driver lacks ", symbol, ", which that of CUDA ",
                     formatVersion(oldest), " has; update NVIDIA's driver");
  };
#define GDN_DRIVER_FUNCTION(NAME, SYMBOL, OLDEST, PARAMETERS)                  \
  static_assert(OLDEST <= kOldestDriver, #NAME " needs a newer driver");       \
  if (Error error = load(#SYMBOL, OLDEST, driver.NAME))                        \
    return error;
#include "runtime/cuda/DriverFunctions.def"
#undef GDN_DRIVER_FUNCTION
  return Error::success();
}

static Result<const Driver *> loadDriver() {
  static Driver driver;
  const char *named = std::getenv("GDN_CUDA_DRIVER");
  std::string file = named && *named ? named : "libcuda.so.1";
  void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError("there is no CUDA driver on this machine (", dlerror(),
                     "); install NVIDIA's, or use --target=cpu");
  if (Error error = checkVersion(library))
    return error;
  if (Error error = loadFunctions(library, driver))
    return error;
  CUresult result = driver.cuInit(0);
  if (result == CUDA_ERROR_NO_DEVICE)
    return makeError("there is no GPU on this machine: ",
                     driver.check(result, "cuInit").message(),
                     "; use --target=cpu");
  if (Error error = driver.check(result, "cuInit"))
    return error;
  return &driver;
}

const Result<const Driver *> &gdn::runtime::cuda::getDriver() {
  static const Result<const Driver *> driver = loadDriver();
  return driver;
}
