//===- Gdn.h - The gdn dialect ----------------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDN_H
#define GDN_IR_GDN_H

#include "gdn/IR/GdnInterfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "gdn/IR/GdnDialect.h.inc"

namespace gdn {
// The signatures of linalg's AggregatedOpInterface do not qualify these.
using mlir::FailureOr;
using mlir::OpBuilder;
using mlir::SmallVector;
using mlir::Value;
} // namespace gdn

#define GET_OP_CLASSES
#include "gdn/IR/GdnOps.h.inc"

#endif // GDN_IR_GDN_H
