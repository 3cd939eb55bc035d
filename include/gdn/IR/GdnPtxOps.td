//===- GdnPtxOps.td - Instructions that NVVM has no op for ------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNPTXOPS_TD
#define GDN_IR_GDNPTXOPS_TD

include "gdn/IR/GdnBase.td"
include "mlir/Dialect/LLVMIR/LLVMOpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Gdn_PtxWgmmaOp : Gdn_Op<"ptx_wgmma", [
    MemoryEffects<[MemRead, MemWrite]>, AllTypesMatch<["acc", "result"]>]> {
  let summary = "a product of a warpgroup, with its left factor in registers";
  let description = [{
    `wgmma.mma_async` m64nNk8 of tf32 (PTX ISA), once for each 8 columns of the
    left factor, between a fence and the wait for all of them: what the four
    warps of a warpgroup do together. (The op of NVVM takes both factors from
    shared memory.) The instructions become one piece of text and the wait
    another one, between which there are only operations that use no sum and
    write no memory.

    `acc` holds the N / 2 sums of a thread, `lhs` four registers for each 8
    columns. The right factor is N x K in core matrices of 8 rows by 16 bytes
    from `rhs` on; 8 rows further down lie `stride` bytes further, the next 4
    columns `leading` bytes.

    Constraints:

    - C1: N, twice the length of `acc`, is a multiple of 8 up to 256, and the
      length of `lhs` a multiple of 4.
    - C2: `stride` and `leading` are multiples of 16 below 256 KiB.

    Example:

    ```mlir
    llvm.func @product(%lhs: vector<8xi32>, %rhs: !llvm.ptr<3>, %acc: vector<8xf32>) -> vector<8xf32> {
      %0 = gdn.ptx_wgmma %lhs, %rhs, %acc stride 144 leading 288
          : vector<8xi32>, !llvm.ptr<3>, vector<8xf32>
      llvm.return %0 : vector<8xf32>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I32]>:$lhs, LLVM_PointerInAddressSpace<3>:$rhs,
    VectorOfRankAndType<[1], [F32]>:$acc, I64Attr:$stride, I64Attr:$leading);
  let results = (outs VectorOfRankAndType<[1], [F32]>:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` $acc `stride` $stride `leading` $leading attr-dict
    `:` type($lhs) `,` type($rhs) `,` type($acc)
  }];
  let extraClassDeclaration = [{
    /// Columns of the product.
    int64_t getN() { return 2 * getAcc().getType().getDimSize(0); }
    /// Products over 8 columns of the left factor.
    int64_t getSteps() { return getLhs().getType().getDimSize(0) / 4; }
  }];
  let hasVerifier = 1;
}

#endif // GDN_IR_GDNPTXOPS_TD
