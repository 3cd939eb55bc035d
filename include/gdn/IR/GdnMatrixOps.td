//===- GdnMatrixOps.td - Level 3: a chunk on tensor cores -------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNMATRIXOPS_TD
#define GDN_IR_GDNMATRIXOPS_TD

include "gdn/IR/GdnTileAttrs.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Gdn_MatrixOp<string mnemonic, list<Trait> traits = []>
    : Gdn_Op<mnemonic, traits> {
  let hasVerifier = 1;
}

def Gdn_TileMmaOp : Gdn_MatrixOp<"tile_mma", [
    MemoryEffects<[MemRead]>, AllTypesMatch<["acc", "result"]>]> {
  let summary = "a product on tensor cores";
  let description = [{
    `result[i, j] = acc[i, j] + sum over c of lhs[i, c] * rhs[j, c]`, where
    `rhs` is the N x K matrix in shared memory from `offsets` on, or, with
    `transposed`, `rhs[c, j]` of a K x N matrix. Products are exact, sums are in
    f32. With three dimensions it is as many independent products as the first
    one counts; `rhs` then has them too, before its rows.

    Constraints:

    - C1: `lhs` and `acc` are in the same `#gdn.mma` layout, but for its warps
      along the columns, which `lhs` does not have.
    - C2: `lhs` is M x K and `acc` is M x N of f32, M and K multiples of 16 for
      each warp, N of 8.
    - C3: `lhs` and `rhs` have the same element type, f16 or bf16.
    - C4: there is one offset for each dimension of `rhs`.

    Example:

    ```mlir
    func.func @product(%a: !gdn.tile<64x128xf16, #gdn.mma<warps = [4, 1]>>,
                       %b: !gdn.shared<2x16x128xf16, swizzle = 128>, %slot: index,
                       %c: !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>>)
        -> !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>> {
      %c0 = arith.constant 0 : index
      %0 = gdn.tile_mma %a, %b[%slot, %c0, %c0], %c
          : !gdn.tile<64x128xf16, #gdn.mma<warps = [4, 1]>>, !gdn.shared<2x16x128xf16, swizzle = 128>,
            !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>>
      return %0 : !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$lhs, Gdn_SharedType:$rhs, Gdn_TileType:$acc,
                       Variadic<Index>:$offsets, UnitAttr:$transposed);
  let results = (outs Gdn_TileType:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `[` $offsets `]` (`transposed` $transposed^)? `,` $acc attr-dict
    `:` type($lhs) `,` type($rhs) `,` type($acc)
  }];
}

/// The rows of a tile that each thread holds all of.
def Gdn_TileScanOp : Gdn_MatrixOp<"tile_scan", [Pure, AllTypesMatch<["input", "output"]>]> {
  let summary = "products of the rows of a tile up to each row";
  let description = [{
    `output[i] = product over r <= i of input[r]`, per column; with `after`,
    the product over r > i (1 for the last row).

    Constraints:

    - C1: `input` has two dimensions and f32 elements, and each thread holds
      all rows of its columns.

    Example:

    ```mlir
    #rows = #gdn.blocked<per_lane = [16, 2], lanes = [1, 32], warps = [1, 2]>
    func.func @scan(%a: !gdn.tile<16x128xf32, #rows>) -> !gdn.tile<16x128xf32, #rows> {
      %0 = gdn.tile_scan %a : !gdn.tile<16x128xf32, #rows>
      return %0 : !gdn.tile<16x128xf32, #rows>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, UnitAttr:$after);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$input (`after` $after^)? attr-dict `:` type($input)";
}

def Gdn_TilePairFactorsOp : Gdn_MatrixOp<"tile_pair_factors", [
    Pure, AllTypesMatch<["input", "output"]>]> {
  let summary = "the decay between the rows of a block and its middle";
  let description = [{
    Cuts the rows into blocks of 2 * `half`. With m the first row of the upper
    half of row i's block:

        output[i] = product over m < r <= i of input[r]    where i >= m
        output[i] = product over i < r <= m of input[r]    where i <  m

    For j < m <= i of a block output[i] * output[j] is the pair factor of
    `gdn.chunk_scores`, from two factors that are at most 1. Over all `half`
    of 1, 2, 4, 8 each pair of 16 rows is in exactly one block with j < m <= i.
    No row later than i counts for output[i] where i >= m; where i < m, it is
    used with rows from m on alone.

    Constraints:

    - C1: as C1 of `gdn.tile_scan`.
    - C2: `half` is at least 1, and the rows are a multiple of 2 * `half`.

    Example:

    ```mlir
    #rows = #gdn.blocked<per_lane = [16, 2], lanes = [1, 32], warps = [1, 2]>
    func.func @factors(%a: !gdn.tile<16x128xf32, #rows>) -> !gdn.tile<16x128xf32, #rows> {
      %0 = gdn.tile_pair_factors %a half 4 : !gdn.tile<16x128xf32, #rows>
      return %0 : !gdn.tile<16x128xf32, #rows>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, I64Attr:$half);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$input `half` $half attr-dict `:` type($input)";
}

def Gdn_TileRowsOp : Gdn_MatrixOp<"tile_rows", [Pure]> {
  let summary = "some rows of a tile";
  let description = [{
    `output[i] = input[rows[i]]`. It costs nothing: each thread holds all rows of its columns.

    Constraints:

    - C1: `input` has two dimensions, and each thread holds all rows of its
      columns; so has `output`, with the same columns in each thread.
    - C2: there is one of `rows` for each row of `output`, and each is a row of
      `input`.

    Example:

    ```mlir
    #rows = #gdn.blocked<per_lane = [16, 2], lanes = [1, 32], warps = [1, 2]>
    #some = #gdn.blocked<per_lane = [2, 2], lanes = [1, 32], warps = [1, 2]>
    func.func @last(%a: !gdn.tile<16x128xf32, #rows>) -> !gdn.tile<2x128xf32, #some> {
      %0 = gdn.tile_rows %a [7, 15] : !gdn.tile<16x128xf32, #rows> to !gdn.tile<2x128xf32, #some>
      return %0 : !gdn.tile<2x128xf32, #some>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, DenseI64ArrayAttr:$rows);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$input $rows attr-dict `:` type($input) `to` type($output)";
}

def Gdn_StorePairsOp : Gdn_MatrixOp<"store_pairs", [MemoryEffects<[MemWrite]>]> {
  let summary = "stores products of pairs of rows where they belong";
  let description = [{
    `products` is L x 2R x R: for level l, with half = 2^(L-1-l), its row r (of the first R) stands for
    row i, the r-th of those with bit `half` set, and its column c for row j, the c-th
    of those with that bit clear; rows R to 2R-1 stand for the same i again. Where i and j
    are in the same block of 2 * half rows, products[l, r, c] goes to
    `erased[slot, i, j]` and products[l, R + r, c] to `scores[slot, i, j]`.

    Constraints:

    - C1: `products` is 4 x 16 x 8 of f32 in a `#gdn.mma` layout.
    - C2: `erased` is stages x 16 x 16 of f32, `scores` of f16.

    Example:

    ```mlir
    func.func @store_pairs(%p: !gdn.tile<4x16x8xf32, #gdn.mma<warps = [2, 1, 1]>>, %t: !gdn.shared<2x16x16xf32>, %s: !gdn.shared<2x16x16xf16, swizzle = 32>, %i: index) {
      gdn.store_pairs %p, %t, %s[%i] : !gdn.tile<4x16x8xf32, #gdn.mma<warps = [2, 1, 1]>>, !gdn.shared<2x16x16xf32>, !gdn.shared<2x16x16xf16, swizzle = 32>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$products, Gdn_SharedType:$erased, Gdn_SharedType:$scores, Index:$slot);
  let assemblyFormat = [{
    $products `,` $erased `,` $scores `[` $slot `]` attr-dict `:` type($products) `,` type($erased) `,` type($scores)
  }];
}

def Gdn_StoreDiagonalOp : Gdn_MatrixOp<"store_diagonal", [MemoryEffects<[MemWrite]>]> {
  let summary = "stores the diagonal of a tile";
  let description = [{
    `dest[slot, i, i] = tile[i, i]`, rounded to the element type of `dest`.

    Constraints:

    - C1: `tile` is 16 x 16 of f32 in a `#gdn.mma` layout, `dest` is stages x 16 x 16 of f16.

    Example:

    ```mlir
    func.func @store_diagonal(%t: !gdn.tile<16x16xf32, #gdn.mma<warps = [1, 2]>>, %s: !gdn.shared<2x16x16xf16, swizzle = 32>, %i: index) {
      gdn.store_diagonal %t, %s[%i] : !gdn.tile<16x16xf32, #gdn.mma<warps = [1, 2]>>, !gdn.shared<2x16x16xf16, swizzle = 32>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$tile, Gdn_SharedType:$dest, Index:$slot);
  let assemblyFormat = "$tile `,` $dest `[` $slot `]` attr-dict `:` type($tile) `,` type($dest)";
}

def Gdn_TileUnitInverseOp : Gdn_MatrixOp<"tile_unit_inverse", [MemoryEffects<[MemRead]>]> {
  let summary = "the inverse of a unit lower triangular matrix, less the identity";
  let description = [{
    `output = (I + lower)^-1 - I`, where `lower` is place `slot` of `source`, of
    which only the part strictly below the diagonal is read; by forward
    substitution in f32, one column in each lane.

    Constraints:

    - C1: `source` is stages x C x C of f32.
    - C2: `output` is C x C of f32, and each thread holds all rows of its columns.

    Example:

    ```mlir
    #columns = #gdn.blocked<per_lane = [16, 1], lanes = [1, 16], warps = [1, 1]>
    func.func @inverse(%t: !gdn.shared<2x16x16xf32>, %slot: index) -> !gdn.tile<16x16xf32, #columns> {
      %0 = gdn.tile_unit_inverse %t[%slot] : !gdn.shared<2x16x16xf32> to !gdn.tile<16x16xf32, #columns>
      return %0 : !gdn.tile<16x16xf32, #columns>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_SharedType:$source, Index:$slot);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$source `[` $slot `]` attr-dict `:` type($source) `to` type($output)";
}

#endif // GDN_IR_GDNMATRIXOPS_TD
