//===- CheckOps.td - The check dialect: value tests as ops ------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_CHECKOPS_TD
#define GDN_IR_CHECKOPS_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Check_Dialect : Dialect {
  let name = "check";
  let cppNamespace = "::gdn::check";
  let summary = "Value tests as ops";
  let description = [{
    Ops that compare values while a program runs. `gdn-run` reports every
    failed one with its location and exits with a nonzero code; a file of such
    ops is a test that runs on every target.

    The ops take tensors, and buffers once these are bufferized. They keep
    their place among other effects.
  }];
}

// Noting a failure is a write: it keeps the op alive and in order.
class Check_Op<string mnemonic, list<Trait> traits = []>
    : Op<Check_Dialect, mnemonic, traits # [
        AllTypesMatch<["actual", "expected"]>,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]>;

defvar Check_Elements = [F64, F32, F16, BF16, I64, I32];
def Check_Values
    : AnyTypeOf<[RankedTensorOf<Check_Elements>, MemRefOf<Check_Elements>],
        "ranked tensor or memref of f64, f32, f16, bf16, i64 or i32",
        "::mlir::ShapedType">;

def Check_ExpectCloseOp : Check_Op<"expect_close"> {
  let summary = "expects two tensors to agree within a tolerance";
  let description = [{
    Expects |actual - expected| <= atol + rtol * |expected| in every element.
    Equal infinities agree; NaN agrees with nothing.

    Constraints:

    - C1: the elements are floating-point numbers.
    - C2: `atol` and `rtol` are at least 0.

    Example:

    ```mlir
    func.func @one_third() {
      %a = arith.constant dense<0.3333> : tensor<2xf32>
      %b = arith.constant dense<0.3334> : tensor<2xf32>
      check.expect_close %a, %b {atol = 1.0e-3 : f32} : tensor<2xf32>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Check_Values:$actual, Check_Values:$expected,
    DefaultValuedAttr<F32Attr, "0.0f">:$atol,
    DefaultValuedAttr<F32Attr, "0.0f">:$rtol);
  let assemblyFormat = "$actual `,` $expected attr-dict `:` type($actual)";
  let hasVerifier = 1;
}

def Check_ExpectEqualOp : Check_Op<"expect_equal"> {
  let summary = "expects two tensors to have the same bits";
  let description = [{
    Example:

    ```mlir
    func.func @same() {
      %a = arith.constant dense<[1, 2]> : tensor<2xi32>
      check.expect_equal %a, %a : tensor<2xi32>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Check_Values:$actual, Check_Values:$expected);
  let assemblyFormat = "$actual `,` $expected attr-dict `:` type($actual)";
}

#endif // GDN_IR_CHECKOPS_TD
