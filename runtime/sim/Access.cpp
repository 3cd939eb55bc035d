//===- Access.cpp - Checks before loads and stores ------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Cta.h"

#include <cstring>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;

//===----------------------------------------------------------------------===//
// Sentences
//===----------------------------------------------------------------------===//

static const char *getVerb(const Footprint &access) {
  return access.isWrite ? "writes " : "reads ";
}

/// "argument 2 of 4096 bytes": the first argument that points into `buffer`,
/// else that no argument does.
static std::string formatBuffer(const Launch &launch, const Buffer &buffer) {
  std::string size = " of " + std::to_string(buffer.bytes) + " bytes";
  for (size_t i = 0; i < launch.argumentSizes.size(); ++i) {
    void *pointer = nullptr;
    if (launch.argumentSizes[i] != sizeof(pointer))
      continue;
    std::memcpy(&pointer, launch.arguments[i], sizeof(pointer));
    if (buffer.contains(pointer))
      return "the buffer of argument " + std::to_string(i) + size;
  }
  return "a buffer" + size + " that is no argument";
}

/// The place of an address in global memory, by the buffer nearest to it.
static std::string formatGlobal(const Cta &cta, const char *address) {
  const Buffer *buffer = cta.memory.findNearest(address);
  if (!buffer)
    return "global memory, of which nothing is allocated";
  return "offset " + std::to_string(address - buffer->begin) + " of " +
         formatBuffer(cta.launch, *buffer);
}

static std::string formatPlace(const Cta &cta, const Footprint &access,
                               const char *address) {
  bool isShared = access.space == Space::Shared || cta.shared.contains(address);
  return isShared ? cta.shared.describe(address) : formatGlobal(cta, address);
}

static std::string describeConflict(const Cta &cta, const Footprint &access,
                                    const char *address,
                                    const Conflict &conflict) {
  std::string place = formatPlace(cta, access, address + conflict.byte);
  switch (conflict.kind) {
  case Conflict::OutOfBounds:
    return getVerb(access) + std::to_string(access.bytes) +
           " bytes out of bounds, at " + place;
  case Conflict::Unwritten:
    return "reads " + place + ", which was never written";
  case Conflict::CtaRace:
    return getVerb(access) + place + ", which another CTA of the launch " +
           (conflict.otherWrote || !access.isWrite ? "writes" : "accesses");
  case Conflict::Unfenced:
    return getVerb(access) + place + ", which " + cta.describe(conflict.other) +
           " writes, but lacks an async proxy fence between them; it belongs "
           "behind the write, before they synchronise";
  case Conflict::Mbarrier:
    return getVerb(access) + place + ", where an mbarrier object is";
  default:
    return getVerb(access) + place + ", which " + cta.describe(conflict.other) +
           (conflict.otherWrote ? " writes" : " reads") + " with no " +
           (cta.isAgent(conflict.other) ? "wait" : "barrier") + " between them";
  }
}

static std::string describeMisaligned(const Cta &cta, const Footprint &access,
                                      const char *address) {
  return getVerb(access) + std::to_string(access.bytes) + " bytes at " +
         formatPlace(cta, access, address) +
         ", an address that is no multiple of " +
         std::to_string(access.alignment);
}

[[noreturn]] static void failOutOfBounds(const Thread &thread, const Site &site,
                                         const Footprint &access,
                                         const char *address) {
  Conflict conflict;
  conflict.kind = Conflict::OutOfBounds;
  thread.cta->fail(thread, site,
                   describeConflict(*thread.cta, access, address, conflict));
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

static void count(Thread &thread, const Footprint &access, Space space) {
  RequestedBytes &bytes =
      thread.cta->launch.requested[static_cast<size_t>(space)];
  (access.isWrite ? bytes.written : bytes.read) += access.bytes;
}

static void track(Thread &thread, const Site &site, const Footprint &access,
                  Shadow &shadow, size_t offset, const char *address,
                  const Actor *given) {
  Cta &cta = *thread.cta;
  if (!cta.launch.isTracked)
    return;
  Actor actor = given ? *given : cta.getActor(thread);
  Conflict conflict =
      access.isWrite ? cta.tracker.write(shadow, offset, access.bytes, actor)
                     : cta.tracker.read(shadow, offset, access.bytes, actor);
  if (conflict.kind != Conflict::None)
    cta.fail(thread, site, describeConflict(cta, access, address, conflict));
}

static void accessShared(Thread &thread, const Site &site,
                         const Footprint &access, const char *address,
                         const Actor *actor) {
  SharedMemory &shared = thread.cta->shared;
  size_t offset = shared.getOffset(address);
  bool isReached =
      shared.getRank(address) == thread.rank || (actor && actor->isInCluster);
  if (!isReached ||
      offset % SharedMemory::kWindowBytes + access.bytes > shared.getEnd())
    failOutOfBounds(thread, site, access, address);
  count(thread, access, Space::Shared);
  track(thread, site, access, shared.getShadow(), offset, address, actor);
}

/// The buffer that holds all bytes of the access.
static Buffer &findBuffer(Thread &thread, const Site &site,
                          const Footprint &access, const char *address) {
  const char *last = address + access.bytes - 1;
  Buffer *buffer = site.lastBuffer;
  if (!buffer || !buffer->contains(address) || !buffer->contains(last))
    site.lastBuffer = buffer = thread.cta->memory.find(address);
  if (!buffer || !buffer->contains(last))
    failOutOfBounds(thread, site, access, address);
  return *buffer;
}

void gdn::runtime::sim::checkAccess(Thread &thread, const Site &site,
                                    const Footprint &access,
                                    const void *pointer, const Actor *actor) {
  auto *address = static_cast<const char *>(pointer);
  Cta &cta = *thread.cta;
  if (reinterpret_cast<uintptr_t>(address) & (access.alignment - 1))
    cta.fail(thread, site, describeMisaligned(cta, access, address));

  bool isShared = cta.shared.contains(address);
  if (isShared && access.space != Space::Global)
    return accessShared(thread, site, access, address, actor);
  if (isShared || access.space == Space::Shared)
    failOutOfBounds(thread, site, access, address);
  if (access.space != Space::Global && cta.isOnStack(thread, address)) {
    count(thread, access, Space::Local);
    return;
  }
  Buffer &buffer = findBuffer(thread, site, access, address);
  count(thread, access, Space::Global);
  track(thread, site, access, buffer.shadow,
        static_cast<size_t>(address - buffer.begin), address, actor);
}

void gdn_sim_access(GdnSimThread *thread, uint32_t position,
                    const void *pointer) {
  const Site &site = thread->cta->getSite(position);
  checkAccess(*thread, site, site, pointer);
}
