//===- Simulate.h - Kernels written in C++ ----------------------*- C++ -*-===//

#ifndef GDN_TEST_UNIT_RUNTIMESIM_SIMULATE_H
#define GDN_TEST_UNIT_RUNTIMESIM_SIMULATE_H

#include "gdn-c/Sim.h"
#include "runtime/sim/Simulator.h"

#include <string>
#include <vector>

using KernelFunction = void (*)(void *const *arguments);

/// How a kernel is launched.
struct Shape {
  int64_t block = 32;
  int64_t grid = 1;
  int64_t dynamicSharedBytes = 0;
};

/// Launches a kernel called 'k', whose arguments are pointers. The error's
/// sentence, or "".
std::string simulate(KernelFunction function, std::vector<void *> arguments,
                     Shape shape = {});

/// Calls `function` as compiled code is called. The error's sentence, or "".
std::string callAsCompiledCode(void (*function)());

/// The argument `position` of a kernel, which points to T.
template <typename T> T *getPointer(void *const *arguments, int position) {
  return *static_cast<T *const *>(arguments[position]);
}

/// Memory that kernels may access, freed at the end.
template <typename T> class DeviceArray {
public:
  explicit DeviceArray(const std::vector<T> &values)
      : DeviceArray(values.size()) {
    gdn::runtime::sim::copyToDevice(data, values.data(),
                                    static_cast<int64_t>(size * sizeof(T)));
  }
  /// With elements that nobody has written.
  explicit DeviceArray(size_t size)
      : size(size), data(static_cast<T *>(gdn::runtime::sim::allocate(
                        static_cast<int64_t>(size * sizeof(T))))) {}
  DeviceArray(const DeviceArray &) = delete;
  ~DeviceArray() {
    // A failed launch has freed everything.
    gdn::runtime::sim::freeAll();
  }

  T *get() const { return data; }
  std::vector<T> read() const {
    std::vector<T> values(size);
    gdn::runtime::sim::copyToHost(values.data(), data,
                                  static_cast<int64_t>(size * sizeof(T)));
    return values;
  }

private:
  size_t size;
  T *data;
};

#endif // GDN_TEST_UNIT_RUNTIMESIM_SIMULATE_H
