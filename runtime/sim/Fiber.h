//===- Fiber.h - Stacks to switch between -----------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_FIBER_H
#define GDN_RUNTIME_SIM_FIBER_H

#include <cstddef>

namespace gdn::runtime::sim {

/// A place in a program with a stack of its own. A default-constructed one
/// stands for whoever switches away from it first.
class Fiber {
public:
  /// Gets ready to call `function(argument)` on the stack of `size` bytes at
  /// `bottom`, which is the caller's. `function` must leave by exitTo().
  void prepare(char *bottom, size_t size, void (*function)(void *),
               void *argument);

  /// Stops here and goes on in `other`. Returns when a fiber switches here.
  void switchTo(Fiber &other);

  /// Goes on in `other` for good.
  [[noreturn]] void exitTo(Fiber &other);

private:
  void jumpTo(Fiber &other);
  void arrive(Fiber &from);

  void *context = nullptr;
  void (*function)(void *) = nullptr;
  void *argument = nullptr;
  // For AddressSanitizer, which must know which stack is in use.
  const void *bottom = nullptr;
  size_t size = 0;
  void *fakeStack = nullptr;

  friend struct FiberEntry;
};

/// Stacks for a number of fibers, each with a page below it that faults.
class StackPool {
public:
  /// Bytes of a stack, less what spreads the tops over the sets of the cache.
  static constexpr size_t kStackSize = 256 * 1024;

  StackPool() = default;
  StackPool(const StackPool &) = delete;
  StackPool &operator=(const StackPool &) = delete;
  ~StackPool();

  /// Makes room for `count` stacks; false if the memory cannot be had. Stacks
  /// may move: no fiber may use one.
  bool reserve(size_t count);

  /// The lowest address of a stack, and its size.
  char *getBottom(size_t index) const;
  static size_t getSize(size_t index);

private:
  char *memory = nullptr;
  size_t capacity = 0;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_FIBER_H
