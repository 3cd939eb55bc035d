//===- GdnInterfaces.h - How ops lower themselves ---------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNINTERFACES_H
#define GDN_IR_GDNINTERFACES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace gdn {

/// How an op is cut into chunks.
struct ChunkOptions {
  /// Tokens of a chunk.
  int64_t chunkSize = 16;
  /// Independent parts of the value channels of a head; 0: the op chooses.
  int64_t valueSplit = 0;
  /// Tensors lie in a GPU's memory, so that the host cannot read `cu_seqlens`.
  bool deviceMemory = false;
};

} // namespace gdn

#include "gdn/IR/GdnInterfaces.h.inc"

#endif // GDN_IR_GDNINTERFACES_H
