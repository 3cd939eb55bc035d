//===- Memory.h - The global memory of the simulated GPU --------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_MEMORY_H
#define GDN_RUNTIME_SIM_MEMORY_H

#include "runtime/sim/Clocks.h"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <thread>

namespace gdn::runtime::sim {

/// Zeroed pages of memory.
class Pages {
public:
  Pages() = default;
  Pages(const Pages &) = delete;
  Pages &operator=(const Pages &) = delete;
  ~Pages() { reset(); }

  /// Reserves `bytes`, with `guard` bytes before and behind them that fault;
  /// false if they cannot be had.
  bool map(size_t bytes, size_t guard = 0);
  /// The same at addresses of 32 bits, where the system can do that.
  bool mapLow(size_t bytes);
  void reset();

  explicit operator bool() const { return memory; }
  char *get() const { return memory; }

private:
  bool map(size_t bytes, size_t guard, int flags);

  char *memory = nullptr;
  size_t size = 0;
  size_t guard = 0;
};

/// What is known of each byte of a buffer.
struct Shadow {
  /// Who wrote and who read a byte last.
  Stamp *writers = nullptr;
  Stamp *readers = nullptr;
  /// 1 for bytes that more than one CTA of this launch accessed. Null for
  /// shared memory.
  uint8_t *manyCtas = nullptr;
  bool hasManyCtas = false;
  /// Bytes nobody wrote may be read.
  bool isInitialized = false;
};

/// A range of global memory that kernels may access. The object lives as long
/// as the memory it stands in does; without bytes it stands for nothing.
struct Buffer {
  char *begin = nullptr;
  size_t bytes = 0;
  Shadow shadow;
  Pages data, writers, readers, manyCtas;
  /// Who allocated it; none for memory of the host.
  std::thread::id owner;

  bool contains(const void *address) const {
    return static_cast<size_t>(static_cast<const char *>(address) - begin) <
           bytes;
  }
};

/// All buffers.
class Memory {
public:
  /// What cudaMalloc promises: multiples of 256.
  static constexpr size_t kAlignment = 256;

  /// A new buffer of at least one byte; null if memory runs out.
  Buffer *allocate(size_t bytes);

  /// Lets kernels access memory of the host, all of it written; null if memory
  /// runs out.
  Buffer *add(void *begin, size_t bytes);

  /// Forgets a buffer, and frees it if it was allocated.
  void remove(Buffer &buffer);

  /// The buffer that `address` is in, or null.
  Buffer *find(const void *address) const;

  /// The buffer whose bytes are nearest to `address`; null if there are none.
  Buffer *findNearest(const void *address) const;

  void forEach(const std::function<void(Buffer &)> &visit) const;

private:
  Buffer *create();
  /// Enters a buffer into the map; frees it and returns null if `isComplete` is
  /// false.
  Buffer *enter(Buffer *buffer, bool isComplete);

  std::map<char *, Buffer *> buffers;
  /// Sites remember buffers, so that objects are used again, never freed.
  std::vector<std::unique_ptr<Buffer>> objects;
  std::vector<Buffer *> unused;
};

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_MEMORY_H
