//===- Simulate.cpp - Kernels written in C++ ------------------------------===//

#include "Simulate.h"
#include "runtime/cpu/Invocation.h"

using namespace gdn::runtime;

namespace {
struct LaunchRequest {
  GdnKernel *kernel;
  Shape shape;
  void *const *arguments;
};
} // namespace

/// What compiled code does: `packed` is the address of a LaunchRequest.
static void launchRequest(void **packed) {
  auto &request = *reinterpret_cast<LaunchRequest *>(packed);
  sim::launch(request.kernel, request.shape.grid, 1, 1, request.shape.block, 1,
              1, request.shape.dynamicSharedBytes, request.arguments);
}

std::string simulate(KernelFunction function, std::vector<void *> arguments,
                     Shape shape) {
  std::vector<void *> addresses;
  for (void *&argument : arguments)
    addresses.push_back(&argument);
  std::vector<uint64_t> sizes(arguments.size(), sizeof(void *));
  GdnKernel kernel = {};
  kernel.name = "k";
  kernel.simulated = function;
  kernel.argument_sizes = sizes.data();
  kernel.num_arguments = static_cast<uint32_t>(sizes.size());
  LaunchRequest request = {&kernel, shape, addresses.data()};
  CallReport report;
  return invoke(launchRequest, reinterpret_cast<void **>(&request), report)
      .message();
}

std::string callAsCompiledCode(void (*function)()) {
  auto call = [](void **packed) { reinterpret_cast<void (*)()>(packed)(); };
  CallReport report;
  return invoke(call, reinterpret_cast<void **>(function), report).message();
}

/// A thread that fails is left where it stands, and what its stack owns is
/// lost: no search for leaks.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return 1; }
