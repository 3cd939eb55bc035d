//===- Fiber.cpp - Stacks to switch between -------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Fiber.h"

#include <boost/context/detail/fcontext.hpp>

#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define GDN_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GDN_ASAN 1
#endif
#endif
#ifdef GDN_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

using namespace gdn::runtime::sim;
using namespace boost::context::detail;

namespace gdn::runtime::sim {
/// Where a new fiber begins: Boost passes who came from where.
struct FiberEntry {
  static void enter(transfer_t transfer);
};
} // namespace gdn::runtime::sim

namespace {
/// What a jump hands over.
struct Jump {
  Fiber &from;
  Fiber &to;
};
} // namespace

void FiberEntry::enter(transfer_t transfer) {
  Jump &jump = *static_cast<Jump *>(transfer.data);
  jump.from.context = transfer.fctx;
  Fiber &self = jump.to;
  self.arrive(jump.from);
  self.function(self.argument);
  std::abort();
}

void Fiber::prepare(char *stack, size_t stackSize, void (*entry)(void *),
                    void *entryArgument) {
  function = entry;
  argument = entryArgument;
  bottom = stack;
  size = stackSize;
  fakeStack = nullptr;
#ifdef GDN_ASAN
  // The last fiber on this stack may have been abandoned.
  __asan_unpoison_memory_region(stack, stackSize);
#endif
  context = make_fcontext(stack + stackSize, stackSize, FiberEntry::enter);
}

void Fiber::arrive(Fiber &from) {
#ifdef GDN_ASAN
  const void *fromBottom = nullptr;
  size_t fromSize = 0;
  __sanitizer_finish_switch_fiber(fakeStack, &fromBottom, &fromSize);
  if (!from.function) {
    from.bottom = fromBottom;
    from.size = fromSize;
  }
#endif
}

void Fiber::jumpTo(Fiber &other) {
  Jump jump{*this, other};
  transfer_t transfer = jump_fcontext(other.context, &jump);
  Fiber &from = static_cast<Jump *>(transfer.data)->from;
  from.context = transfer.fctx;
  arrive(from);
}

void Fiber::switchTo(Fiber &other) {
#ifdef GDN_ASAN
  __sanitizer_start_switch_fiber(&fakeStack, other.bottom, other.size);
#endif
  jumpTo(other);
}

void Fiber::exitTo(Fiber &other) {
#ifdef GDN_ASAN
  __sanitizer_start_switch_fiber(nullptr, other.bottom, other.size);
#endif
  jumpTo(other);
  std::abort();
}

//===----------------------------------------------------------------------===//
// Stacks
//===----------------------------------------------------------------------===//

static size_t getStride() {
  return StackPool::kStackSize + static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

StackPool::~StackPool() {
  if (memory)
    munmap(memory, capacity * getStride());
}

bool StackPool::reserve(size_t count) {
  if (count <= capacity)
    return true;
  if (memory)
    munmap(memory, capacity * getStride());
  capacity = 0;
  memory = nullptr;
  void *mapped = mmap(nullptr, count * getStride(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED)
    return false;
  memory = static_cast<char *>(mapped);
  capacity = count;
  for (size_t i = 0; i < count; ++i)
    mprotect(memory + i * getStride(), getStride() - kStackSize, PROT_NONE);
  return true;
}

char *StackPool::getBottom(size_t index) const {
  return memory + index * getStride() + (getStride() - kStackSize);
}

size_t StackPool::getSize(size_t index) {
  return kStackSize - index % 32 * 576;
}
