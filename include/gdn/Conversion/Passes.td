//===- Passes.td - Conversions out of the gdn dialects ----------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_CONVERSION_PASSES_TD
#define GDN_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertCheckToRuntimePass
    : Pass<"convert-check-to-runtime", "::mlir::ModuleOp"> {
  let summary = "turns checks and assertions into calls of the runtime";
  let description = [{
    After bufferization. A `check.expect_*` op becomes a call of
    `gdn_check_expect_close` or `gdn_check_expect_equal` on unranked memrefs,
    which notes a failure and goes on. A `cf.assert` becomes a branch around a
    call of `gdn_runtime_fail`, which ends the call of the entry function with
    the assertion's message.

    Test: test/Conversion/convert-check-to-runtime.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect"
  ];
}

#endif // GDN_CONVERSION_PASSES_TD
