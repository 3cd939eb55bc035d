//===- GdnInterfaces.td - How ops lower themselves --------------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNINTERFACES_TD
#define GDN_IR_GDNINTERFACES_TD

include "mlir/IR/OpBase.td"

def ReferenceOpInterface : OpInterface<"ReferenceOpInterface"> {
  let cppNamespace = "::gdn";
  let description = [{
    An op that writes its own definition as plain loops over scalars, with all
    arithmetic and all state in f64. The loops are written to be read: every
    other lowering is judged against them.
  }];
  let methods = [InterfaceMethod<[{
      Builds the loops at the builder's insertion point. Returns one value per
      result: tensors of the result's shape whose floating-point elements are
      f64, that is, before the rounding to the result's own element type.
    }],
    "::llvm::SmallVector<::mlir::Value>", "buildReference",
    (ins "::mlir::OpBuilder &":$builder)>];
}

def ChunkOpInterface : OpInterface<"ChunkOpInterface"> {
  let cppNamespace = "::gdn";
  let description = [{
    An op over whole sequences that can write itself as loops over sequences,
    heads and chunks of tokens.
  }];
  let methods = [InterfaceMethod<[{
      Builds the chunked form (level 2) at the builder's insertion point and
      returns one value per result, of the result's type. Fails, with an error
      on the op, when V is not a multiple of the options' value split.
    }],
    "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "buildChunked",
    (ins "::mlir::OpBuilder &":$builder, "const ::gdn::ChunkOptions &":$options)>];
}

#endif // GDN_IR_GDNINTERFACES_TD
