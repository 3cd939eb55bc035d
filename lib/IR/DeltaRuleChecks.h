//===- DeltaRuleChecks.h - Run-time constraints of the rule -----*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_IR_DELTARULECHECKS_H
#define GDN_LIB_IR_DELTARULECHECKS_H

#include "Sequences.h"
#include "gdn/IR/Gdn.h"

namespace gdn {

/// Emits what the verifier of `op` could not check because B, T or N are
/// dynamic, as `cf.assert`s, and returns the op's sequences. `cu_seqlens` are
/// checked only with `checkSegments`.
Sequences emitRuntimeChecks(mlir::OpBuilder &builder, DeltaRuleOp op,
                            bool checkSegments = true);

/// Casts `values`, one per result of `op`, to the result types.
llvm::SmallVector<mlir::Value> castToResultTypes(mlir::OpBuilder &builder,
                                                 mlir::Operation *op,
                                                 mlir::ValueRange values);

} // namespace gdn

#endif // GDN_LIB_IR_DELTARULECHECKS_H
