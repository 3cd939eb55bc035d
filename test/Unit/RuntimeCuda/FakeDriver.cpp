//===- FakeDriver.cpp - a CUDA driver without a GPU -----------------------===//
//
// A library that tests load in place of libcuda.so.1. Memory is the host's;
// kernels, and copies within it, do nothing. In the environment,
//   GDN_FAKE_DRIVER_FAIL=NAME     the calls of that name fail,
//   GDN_FAKE_DRIVER_LOG=FILE      gets a line for each call,
//   GDN_FAKE_DRIVER_VERSION=N     is the version (12080),
//   GDN_FAKE_DRIVER_DEVICES=N     is the number of GPUs (1).
// Built with GDN_FAKE_DRIVER_LACKS_CONTEXT_IDS, it is whole but for cuCtxGetId.
//
//===----------------------------------------------------------------------===//

#include "FakeDriver.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <type_traits>

using namespace gdn::runtime::cuda;

constexpr CUresult failure = CUresult(999);

static int getNumber(const char *name, int otherwise) {
  const char *text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

/// What the call `name` returns; `words` go behind its name to the log.
static CUresult enter(const char *name, const std::string &words = "") {
  if (const char *file = std::getenv("GDN_FAKE_DRIVER_LOG"))
    if (std::FILE *log = std::fopen(file, "a")) {
      std::fprintf(log, "%s%s\n", name, words.c_str());
      std::fclose(log);
    }
  const char *failing = std::getenv("GDN_FAKE_DRIVER_FAIL");
  return failing && !std::strcmp(failing, name) ? failure : CUDA_SUCCESS;
}

/// A handle that nobody looks into, unlike all others.
template <typename T>
static CUresult make(const char *name, T *handle,
                     const std::string &words = "") {
  static std::atomic<uintptr_t> last = 0;
  *handle = reinterpret_cast<T>(++last);
  return enter(name, words);
}

#define FAKE extern "C" __attribute__((visibility("default"))) CUresult

FAKE cuDriverGetVersion(int *version) {
  *version = getNumber("GDN_FAKE_DRIVER_VERSION", 12080);
  return CUDA_SUCCESS;
}
FAKE cuGetErrorName(CUresult, const char **text) {
  *text = "CUDA_ERROR_UNKNOWN";
  return CUDA_SUCCESS;
}
FAKE cuGetErrorString(CUresult, const char **text) {
  *text = "unknown error";
  return CUDA_SUCCESS;
}
FAKE cuInit(unsigned) {
  if (getNumber("GDN_FAKE_DRIVER_DEVICES", 1) == 0)
    return CUDA_ERROR_NO_DEVICE;
  return enter("cuInit");
}
FAKE cuDeviceGetCount(int *count) {
  *count = getNumber("GDN_FAKE_DRIVER_DEVICES", 1);
  return enter("cuDeviceGetCount");
}
FAKE cuDeviceGet(CUdevice *device, int ordinal) {
  *device = ordinal;
  return enter("cuDeviceGet");
}
FAKE cuDeviceGetName(char *name, int size, CUdevice) {
  std::snprintf(name, size, "Fake GPU");
  return enter("cuDeviceGetName");
}
FAKE cuDeviceGetAttribute(int *value, CUdeviceAttribute attribute, CUdevice) {
  *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 9 : 0;
  return enter("cuDeviceGetAttribute");
}
FAKE cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice) {
  static CUctx_st primary = {1};
  *context = &primary;
  return enter("cuDevicePrimaryCtxRetain");
}
static thread_local CUcontext current = nullptr;
FAKE cuCtxSetCurrent(CUcontext context) {
  current = context;
  return enter("cuCtxSetCurrent");
}
FAKE cuCtxGetCurrent(CUcontext *context) {
  *context = current;
  return enter("cuCtxGetCurrent");
}
#ifndef GDN_FAKE_DRIVER_LACKS_CONTEXT_IDS
FAKE cuCtxGetId(CUcontext context, unsigned long long *id) {
  *id = context->id;
  return enter("cuCtxGetId");
}
#endif
FAKE cuCtxGetDevice(CUdevice *device) {
  *device = 0;
  return enter("cuCtxGetDevice");
}
FAKE cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  // Results that no kernel writes are not 0, at least those of small tests.
  void *memory = std::calloc(bytes, 1);
  std::memset(memory, 1, std::min<size_t>(bytes, 1 << 24));
  *address = reinterpret_cast<CUdeviceptr>(memory);
  return enter("cuMemAlloc");
}
FAKE cuMemFree_v2(CUdeviceptr address) {
  std::free(reinterpret_cast<void *>(address));
  return enter("cuMemFree");
}
FAKE cuMemGetInfo_v2(size_t *free, size_t *total) {
  *free = *total = size_t(1) << 34;
  return enter("cuMemGetInfo");
}
FAKE cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes,
                          CUstream) {
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return enter("cuMemcpyHtoDAsync");
}
FAKE cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream) {
  std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
  return enter("cuMemcpyDtoHAsync");
}
FAKE cuMemcpyDtoDAsync_v2(CUdeviceptr, CUdeviceptr, size_t, CUstream) {
  return enter("cuMemcpyDtoDAsync");
}
FAKE cuModuleLoadDataEx(CUmodule *module, const void *, unsigned,
                        CUjit_option *, void **) {
  return make("cuModuleLoadDataEx", module);
}
FAKE cuModuleGetFunction(CUfunction *function, CUmodule, const char *name) {
  return make("cuModuleGetFunction", function, std::string(" ") + name);
}
FAKE cuFuncGetAttribute(int *value, CUfunction_attribute, CUfunction) {
  *value = 0;
  return enter("cuFuncGetAttribute");
}
FAKE cuFuncSetAttribute(CUfunction, CUfunction_attribute attribute, int value) {
  return enter("cuFuncSetAttribute",
               " " + std::to_string(attribute) + " " + std::to_string(value));
}
FAKE cuLaunchKernel(CUfunction, unsigned gridX, unsigned, unsigned,
                    unsigned blockX, unsigned, unsigned, unsigned sharedBytes,
                    CUstream, void **, void **) {
  return enter("cuLaunchKernel", " grid " + std::to_string(gridX) + " block " +
                                     std::to_string(blockX) + " shared " +
                                     std::to_string(sharedBytes));
}
FAKE cuStreamCreate(CUstream *stream, unsigned) {
  return make("cuStreamCreate", stream);
}
FAKE cuStreamSynchronize(CUstream) { return enter("cuStreamSynchronize"); }
FAKE cuStreamDestroy_v2(CUstream) { return enter("cuStreamDestroy"); }
FAKE cuEventCreate(CUevent *event, unsigned) {
  return make("cuEventCreate", event);
}
FAKE cuEventRecord(CUevent, CUstream) { return enter("cuEventRecord"); }
FAKE cuEventSynchronize(CUevent) { return enter("cuEventSynchronize"); }
FAKE cuEventElapsedTime(float *milliseconds, CUevent, CUevent) {
  *milliseconds = 1;
  return enter("cuEventElapsedTime");
}
FAKE cuEventDestroy_v2(CUevent) { return enter("cuEventDestroy"); }
FAKE cuStreamBeginCapture_v2(CUstream, CUstreamCaptureMode) {
  return enter("cuStreamBeginCapture");
}
FAKE cuStreamEndCapture(CUstream, CUgraph *graph) {
  return make("cuStreamEndCapture", graph);
}
FAKE cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph,
                                 unsigned long long) {
  return make("cuGraphInstantiateWithFlags", exec);
}
FAKE cuGraphLaunch(CUgraphExec, CUstream) { return enter("cuGraphLaunch"); }
FAKE cuGraphExecDestroy(CUgraphExec) { return enter("cuGraphExecDestroy"); }
FAKE cuGraphDestroy(CUgraph) { return enter("cuGraphDestroy"); }

// Each function has the type that the runtime takes it to have.
#ifndef GDN_FAKE_DRIVER_LACKS_CONTEXT_IDS
#define GDN_DRIVER_FUNCTION(NAME, SYMBOL, OLDEST, PARAMETERS)                  \
  static_assert(std::is_same_v<decltype(&SYMBOL), decltype(Driver::NAME)>,     \
                #SYMBOL);
#include "runtime/cuda/DriverFunctions.def"
#undef GDN_DRIVER_FUNCTION
#endif
