//===- LayerOpsChecks.h - Run-time constraints of layer ops -----*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_IR_LAYEROPSCHECKS_H
#define GDN_LIB_IR_LAYEROPSCHECKS_H

#include "Sequences.h"
#include "gdn/IR/Gdn.h"

namespace gdn {

/// Emits what the verifier of `op` could not check because B, T or N are
/// dynamic, as `cf.assert`s, and returns the op's sequences.
inline Sequences emitRuntimeChecks(mlir::OpBuilder &builder, ShortConvOp op) {
  Sequences sequences =
      Sequences::emit(builder, op.getLoc(), op.getInput(), op.getCuSeqlens());
  if (mlir::Value initial = op.getInitialState())
    sequences.emitCountCheck(builder, op.getLoc(), "initial_state", initial);
  return sequences;
}

/// The same for a norm, which has no sequences.
inline void emitRuntimeChecks(mlir::OpBuilder &builder, GatedRmsNormOp op) {
  for (auto [dim, letter] : {std::pair(0, "B"), std::pair(1, "T")})
    emitEqualSizes(
        builder, op.getLoc(), letter,
        {{op.getInput(), dim, "input"}, {op.getGate(), dim, "gate"}});
}

} // namespace gdn

#endif // GDN_LIB_IR_LAYEROPSCHECKS_H
