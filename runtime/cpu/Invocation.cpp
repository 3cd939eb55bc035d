//===- Invocation.cpp - One call of compiled code -------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cpu/Invocation.h"
#include "runtime/cpu/CompiledCode.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

using namespace gdn::runtime;

// Part of the OpenMP runtime, where a program has one.
extern "C" int omp_get_level() __attribute__((weak));

namespace {
/// A call in progress; they form a stack per thread.
struct Frame {
  CallReport &report;
  Frame *outer;
  std::string message;
  std::jmp_buf environment;
};
} // namespace

static thread_local Frame *innermost = nullptr;

/// True if `function` returned, false if gdn_runtime_fail left it. No object
/// with a destructor may live here: longjmp would skip it.
static bool returnsFrom(CompiledFunction function, void **arguments,
                        Frame &frame) {
  if (setjmp(frame.environment))
    return false;
  function(arguments);
  return true;
}

Error gdn::runtime::invoke(CompiledFunction function, void **arguments,
                           CallReport &report) {
  Frame frame{report, innermost, {}, {}};
  innermost = &frame;
  bool returned = returnsFrom(function, arguments, frame);
  innermost = frame.outer;
  return returned ? Error::success() : Error(std::move(frame.message));
}

CallReport *gdn::runtime::getCurrentReport() {
  return innermost ? &innermost->report : nullptr;
}

uint64_t gdn::runtime::getPhysicalMemory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void gdn_runtime_fail(const char *message) {
  if (!innermost || (omp_get_level && omp_get_level() > 0)) {
    // In a parallel loop: other threads and their runtime know of no jump.
    std::fprintf(stderr, "error: %s\n", message);
    std::_Exit(EXIT_FAILURE);
  }
  innermost->message = *message ? message : "an assertion failed";
  std::longjmp(innermost->environment, 1);
}

[[noreturn]] static void failToAllocate(size_t size) {
  char message[64];
  std::snprintf(message, sizeof(message), "cannot allocate %zu bytes", size);
  gdn_runtime_fail(message);
  std::abort();
}

void *gdn_runtime_malloc(size_t size) {
  void *memory =
      size <= getPhysicalMemory() ? std::malloc(size ? size : 1) : nullptr;
  if (!memory)
    failToAllocate(size);
  return memory;
}

void *gdn_runtime_aligned_alloc(size_t alignment, size_t size) {
  void *memory = size <= getPhysicalMemory()
                     ? std::aligned_alloc(alignment, size ? size : alignment)
                     : nullptr;
  if (!memory)
    failToAllocate(size);
  return memory;
}
