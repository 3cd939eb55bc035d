//===- GpuChip.h - GPUs that code is made for -------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_ANALYSIS_GPUCHIP_H
#define GDN_ANALYSIS_GPUCHIP_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace gdn {

/// What schedules and code generation need to know of a GPU.
struct GpuChip {
  /// As ptxas and LLVM name it, e.g. `sm_90a`.
  llvm::StringRef name;
  /// The oldest PTX version that has all its instructions, times 10.
  unsigned ptxVersion;
  /// Multiprocessors of the largest product.
  int64_t multiprocessors;
  /// Shared memory of a multiprocessor, in bytes.
  int64_t sharedBytes;
  /// Warps on a multiprocessor with which states stream fastest from and to
  /// memory, as measured; 0 where it was not.
  int64_t streamingWarps;
  /// Whether four warps multiply together (`wgmma`).
  bool hasWarpgroups;

  /// The most shared memory of a CTA: of each, 1 KiB more is the driver's.
  int64_t getMostSharedBytes() const { return sharedBytes - 1024; }
};

/// All of them, the oldest first.
llvm::ArrayRef<GpuChip> getGpuChips();

/// The chip of that name, or null.
const GpuChip *lookupGpuChip(llvm::StringRef name);

} // namespace gdn

#endif // GDN_ANALYSIS_GPUCHIP_H
