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
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/SubsetOpInterface.h"

#include "gdn/IR/GdnDialect.h.inc"

namespace gdn {
// The signatures of upstream's interfaces do not qualify these.
using mlir::FailureOr;
using mlir::Location;
using mlir::OpBuilder;
using mlir::SmallVector;
using mlir::Value;
} // namespace gdn

#include "gdn/IR/GdnAttrInterfaces.h.inc"
#include "gdn/IR/GdnEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "gdn/IR/GdnAttrs.h.inc"

#define GET_TYPEDEF_CLASSES
#include "gdn/IR/GdnTypes.h.inc"

#define GET_OP_CLASSES
#include "gdn/IR/GdnOps.h.inc"

#endif // GDN_IR_GDN_H
