//===- SharedMemory.cpp - The shared memory of a simulated CTA ------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/SharedMemory.h"

#include <algorithm>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

// At least so many bytes stand between two variables.
static constexpr size_t kRedzoneBytes = 16;

static size_t alignTo(size_t offset, size_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

bool SharedMemory::reserve() {
  if (window)
    return true;
  constexpr size_t kStampBytes = kMaxCtas * kWindowBytes * sizeof(Stamp);
  if (!pages.mapLow((kMaxCtas + 1) * kWindowBytes) ||
      !writers.map(kStampBytes) || !readers.map(kStampBytes))
    return false;
  size_t begin = reinterpret_cast<size_t>(pages.get());
  window = pages.get() + (alignTo(begin, kWindowBytes) - begin);
  shadow.writers = reinterpret_cast<Stamp *>(writers.get());
  shadow.readers = reinterpret_cast<Stamp *>(readers.get());
  return true;
}

Error SharedMemory::layOut(const std::vector<SharedVariable> &variables,
                           uint32_t dynamicBytes) {
  placed.clear();
  end = 0;
  size_t staticBytes = 0, offset = 0;
  for (const SharedVariable &variable : variables) {
    size_t bytes = variable.bytes ? variable.bytes : dynamicBytes;
    staticBytes += variable.bytes;
    offset = alignTo(offset, variable.alignment);
    placed.push_back({variable.name, offset, bytes});
    end = offset + bytes;
    offset = end + kRedzoneBytes;
  }
  if (staticBytes > kMaxStaticBytes)
    return makeError("has variables of ", staticBytes,
                     " bytes in shared memory, more than ", kMaxStaticBytes,
                     "; only dynamic shared memory can be larger");
  if (staticBytes + dynamicBytes > kMaxBytes || end > kWindowBytes)
    return makeError("needs ", staticBytes + dynamicBytes,
                     " bytes of shared memory, more than ", kMaxBytes);
  return Error::success();
}

void SharedMemory::beginCta(unsigned ctas) {
  numCtas = ctas;
  for (unsigned rank = 0; rank < ctas; ++rank) {
    Stamp *begin = shadow.writers + rank * kWindowBytes;
    std::fill_n(shadow.readers + rank * kWindowBytes, end, kNobody);
    std::fill_n(begin, end, kRedzone);
    for (const Placed &variable : placed)
      std::fill_n(begin + variable.offset, variable.bytes, kNobody);
  }
}

std::string SharedMemory::describe(const void *address) const {
  auto offset = static_cast<int64_t>(getOffset(address) % kWindowBytes);
  const Placed *nearest = nullptr;
  int64_t distance = 0;
  for (const Placed &variable : placed) {
    auto begin = static_cast<int64_t>(variable.offset);
    auto last = begin + static_cast<int64_t>(variable.bytes) - 1;
    int64_t away = std::max({begin - offset, offset - last, int64_t(0)});
    if (nearest && away >= distance)
      continue;
    nearest = &variable;
    distance = away;
  }
  if (!nearest)
    return "shared memory, of which the kernel has none";
  return "offset " +
         std::to_string(offset - static_cast<int64_t>(nearest->offset)) +
         " of shared variable " + quote(nearest->name) + " of " +
         std::to_string(nearest->bytes) + " bytes" +
         (numCtas == 1 ? ""
                       : " in CTA " + std::to_string(getRank(address)) +
                             " of the cluster");
}
