//===- Memory.cpp - The global memory of the simulated GPU ----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Memory.h"

#include <algorithm>
#include <sys/mman.h>

using namespace gdn::runtime::sim;

// Buffers are further apart than an index is likely to stray. Addresses that
// nothing is mapped to cost nothing.
static constexpr size_t kGuardBytes = size_t(1) << 30;

static constexpr size_t kPage = 4096;

bool Pages::map(size_t bytes, size_t guardBytes) {
  return map(bytes, guardBytes, 0);
}

bool Pages::mapLow(size_t bytes) {
#ifdef MAP_32BIT
  if (map(bytes, 0, MAP_32BIT))
    return true;
#endif
  return map(bytes, 0, 0);
}

bool Pages::map(size_t bytes, size_t guardBytes, int flags) {
  reset();
  size_t rounded = (std::max<size_t>(bytes, 1) + kPage - 1) / kPage * kPage;
  void *mapped =
      mmap(nullptr, rounded + 2 * guardBytes,
           guardBytes ? PROT_NONE : PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
  if (mapped == MAP_FAILED)
    return false;
  char *begin = static_cast<char *>(mapped) + guardBytes;
  if (guardBytes && mprotect(begin, rounded, PROT_READ | PROT_WRITE) != 0) {
    munmap(mapped, rounded + 2 * guardBytes);
    return false;
  }
  memory = begin;
  size = rounded;
  guard = guardBytes;
  return true;
}

void Pages::reset() {
  if (memory)
    munmap(memory - guard, size + 2 * guard);
  memory = nullptr;
}

/// Maps what is known of the bytes of `buffer`.
static bool mapShadow(Buffer &buffer) {
  if (!buffer.writers.map(buffer.bytes * sizeof(Stamp)) ||
      !buffer.readers.map(buffer.bytes * sizeof(Stamp)) ||
      !buffer.manyCtas.map(buffer.bytes))
    return false;
  buffer.shadow = Shadow();
  buffer.shadow.writers = reinterpret_cast<Stamp *>(buffer.writers.get());
  buffer.shadow.readers = reinterpret_cast<Stamp *>(buffer.readers.get());
  buffer.shadow.manyCtas = reinterpret_cast<uint8_t *>(buffer.manyCtas.get());
  return true;
}

Buffer *Memory::create() {
  if (unused.empty()) {
    objects.push_back(std::make_unique<Buffer>());
    return objects.back().get();
  }
  Buffer *buffer = unused.back();
  unused.pop_back();
  return buffer;
}

Buffer *Memory::enter(Buffer *buffer, bool isComplete) {
  buffers[buffer->begin] = buffer;
  if (isComplete)
    return buffer;
  remove(*buffer);
  return nullptr;
}

Buffer *Memory::allocate(size_t bytes) {
  Buffer *buffer = create();
  buffer->bytes = std::max<size_t>(bytes, 1);
  bool isMapped = buffer->data.map(buffer->bytes, kGuardBytes);
  buffer->begin = buffer->data.get();
  buffer->owner = std::this_thread::get_id();
  return enter(buffer, isMapped && mapShadow(*buffer));
}

Buffer *Memory::add(void *begin, size_t bytes) {
  Buffer *buffer = create();
  buffer->begin = static_cast<char *>(begin);
  buffer->bytes = bytes;
  bool isMapped = mapShadow(*buffer);
  buffer->shadow.isInitialized = true;
  return enter(buffer, isMapped);
}

void Memory::remove(Buffer &buffer) {
  buffers.erase(buffer.begin);
  for (Pages *pages :
       {&buffer.data, &buffer.writers, &buffer.readers, &buffer.manyCtas})
    pages->reset();
  buffer.begin = nullptr;
  buffer.bytes = 0;
  buffer.shadow = Shadow();
  buffer.owner = std::thread::id();
  unused.push_back(&buffer);
}

Buffer *Memory::find(const void *address) const {
  Buffer *nearest = findNearest(address);
  return nearest && nearest->contains(address) ? nearest : nullptr;
}

/// Bytes between `address` and the nearest byte of `buffer`.
static size_t getDistance(const Buffer &buffer, const char *address) {
  if (address < buffer.begin)
    return static_cast<size_t>(buffer.begin - address);
  const char *end = buffer.begin + buffer.bytes;
  return address < end ? 0 : static_cast<size_t>(address - end) + 1;
}

Buffer *Memory::findNearest(const void *pointer) const {
  auto *address = static_cast<const char *>(pointer);
  auto after = buffers.upper_bound(const_cast<char *>(address));
  if (after == buffers.begin())
    return after == buffers.end() ? nullptr : after->second;
  Buffer *before = std::prev(after)->second;
  if (after == buffers.end() ||
      getDistance(*before, address) <= getDistance(*after->second, address))
    return before;
  return after->second;
}

void Memory::forEach(const std::function<void(Buffer &)> &visit) const {
  // A visit may remove the buffer.
  for (auto it = buffers.begin(); it != buffers.end();)
    visit(*(it++)->second);
}
