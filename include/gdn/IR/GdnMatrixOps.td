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
    `rhs` is the N x K matrix in shared memory from `offsets` on. Factors are
    of tf32 (of an f32 `lhs`, its first 10 bits of fraction count), their
    products are exact, sums are in f32.

    With `warpgroup`, four warps at a time do it together (`wgmma`), each for
    16 of 64 rows; their first warp has a number that 4 divides. Else each warp
    does its own part (`mma.sync`).

    Constraints:

    - C1: `lhs` and `acc` are in the same `#gdn.mma` layout, of warps along the
      rows alone.
    - C2: `lhs` is M x K and `acc` M x N of f32, K a multiple of 16, M of 16 for
      each warp, N of 8. With `warpgroup` a warp has 16 rows, their number is a
      multiple of 4, and N is at most 256.
    - C3: `lhs` has elements of f32 or tf32, `rhs` has core matrices of tf32.
    - C4: there is one offset for each dimension of `rhs`; those of the last
      two are multiples of 8 and 16.

    Example:

    ```mlir
    func.func @product(%a: !gdn.tile<64x128xf32, #gdn.mma<warps = [4, 1]>>,
                       %b: !gdn.shared<2x16x128xtf32, cores = [144, 288]>, %slot: index,
                       %c: !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>>)
        -> !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>> {
      %c0 = arith.constant 0 : index
      %0 = gdn.tile_mma %a, %b[%slot, %c0, %c0], %c
          : !gdn.tile<64x128xf32, #gdn.mma<warps = [4, 1]>>, !gdn.shared<2x16x128xtf32, cores = [144, 288]>,
            !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>>
      return %0 : !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$lhs, Gdn_SharedType:$rhs, Gdn_TileType:$acc,
                       Variadic<Index>:$offsets, UnitAttr:$warpgroup);
  let results = (outs Gdn_TileType:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `[` $offsets `]` `,` $acc (`warpgroup` $warpgroup^)? attr-dict
    `:` type($lhs) `,` type($rhs) `,` type($acc)
  }];
}

def Gdn_TileColumnsOp : Gdn_MatrixOp<"tile_columns", [Pure]> {
  let summary = "some columns of a tile of accumulators";
  let description = [{
    `output[i, j] = input[i, first + j]`. It costs nothing: they lie in
    registers of their own.

    Constraints:

    - C1: `input` and `output` are in the same `#gdn.mma` layout, of warps along
      the rows alone, and have the same rows and element type.
    - C2: `first` is a multiple of 8, and the columns are there.

    Example:

    ```mlir
    func.func @half(%t: !gdn.tile<64x32xf32, #gdn.mma<warps = [4, 1]>>)
        -> !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>> {
      %0 = gdn.tile_columns %t from 16
          : !gdn.tile<64x32xf32, #gdn.mma<warps = [4, 1]>> to !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>>
      return %0 : !gdn.tile<64x16xf32, #gdn.mma<warps = [4, 1]>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, I64Attr:$first);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$input `from` $first attr-dict `:` type($input) `to` type($output)";
}

def Gdn_TileJoinOp : Gdn_MatrixOp<"tile_join", [Pure]> {
  let summary = "the columns of one tile of accumulators, then those of another";
  let description = [{
    The converse of `gdn.tile_columns`; it costs nothing either.

    Constraints:

    - C1: the tiles are in the same `#gdn.mma` layout, of warps along the rows
      alone, and have the same rows and element type.
    - C2: the columns are multiples of 8, and `output` has those of both.

    Example:

    ```mlir
    #chain = #gdn.mma<warps = [4, 1]>
    func.func @join(%a: !gdn.tile<64x16xf32, #chain>, %b: !gdn.tile<64x128xf32, #chain>)
        -> !gdn.tile<64x144xf32, #chain> {
      %0 = gdn.tile_join %a, %b : !gdn.tile<64x16xf32, #chain>, !gdn.tile<64x128xf32, #chain>
          to !gdn.tile<64x144xf32, #chain>
      return %0 : !gdn.tile<64x144xf32, #chain>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$left, Gdn_TileType:$right);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = [{
    $left `,` $right attr-dict `:` type($left) `,` type($right) `to` type($output)
  }];
}

def Gdn_TileSwapBlocksOp : Gdn_MatrixOp<"tile_swap_blocks", [
    Pure, AllTypesMatch<["input", "output"]>]> {
  let summary = "each two blocks of the rows of a tile change places";
  let description = [{
    Rows are cut into blocks of `block` of them, 1, 2 or 4:
    `output[i, j] = input[i xor block, j]`. Lanes of a warp exchange them
    (`shfl`).

    Constraints:

    - C1: `input` is in a `#gdn.factor` layout, with elements of f32.
    - C2: `block` is 1, 2 or 4.

    Example:

    ```mlir
    func.func @swap(%t: !gdn.tile<16x128xf32, #gdn.factor<warps = 4>>)
        -> !gdn.tile<16x128xf32, #gdn.factor<warps = 4>> {
      %0 = gdn.tile_swap_blocks %t blocks 4 : !gdn.tile<16x128xf32, #gdn.factor<warps = 4>>
      return %0 : !gdn.tile<16x128xf32, #gdn.factor<warps = 4>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, I64Attr:$block);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$input `blocks` $block attr-dict `:` type($input)";
}

def Gdn_TileDecayHalfOp : Gdn_MatrixOp<"tile_decay_half", [
    Pure, AllTypesMatch<["input", "factors", "output"]>]> {
  let summary = "decays every second block of the rows of a tile";
  let description = [{
    Rows are tokens, cut into blocks of `block` of them, 1, 2 or 4. With
    `upper`, of each two blocks the rows of the second one are multiplied by
    those of `factors`; else the rows of the first one are.

    Where `factors` has in each row the decay over the neighbour of its block
    (`gdn.tile_swap_blocks`), what was decayed from the beginning of its block
    (`upper`), or to its end, is so afterwards for blocks of 2 * `block` rows:
    for j in the lower and i in the upper half of such a block, the two together
    are the pair factor of `gdn.chunk_scores`, exact, without a quotient, and no
    row later than i counts.

    Constraints: those of `gdn.tile_swap_blocks`.

    Example:

    ```mlir
    func.func @decay(%q: !gdn.tile<16x128xf32, #gdn.factor<warps = 4>>, %a: !gdn.tile<16x128xf32, #gdn.factor<warps = 4>>)
        -> !gdn.tile<16x128xf32, #gdn.factor<warps = 4>> {
      %0 = gdn.tile_decay_half %q by %a blocks 4 upper : !gdn.tile<16x128xf32, #gdn.factor<warps = 4>>
      return %0 : !gdn.tile<16x128xf32, #gdn.factor<warps = 4>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, Gdn_TileType:$factors, I64Attr:$block,
                       UnitAttr:$upper);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = [{
    $input `by` $factors `blocks` $block (`upper` $upper^)? attr-dict `:` type($input)
  }];
}

def Gdn_TileCommonRowOp : Gdn_MatrixOp<"tile_common_row", [Pure]> {
  let summary = "the row of a tile whose rows are all alike";
  let description = [{
    `output[j] = input[i, j]` for every i. What it is of rows that differ is not
    defined.

    Constraints:

    - C1: `output` has the columns, the element type, and the layout of `input`,
      less its rows.

    Example:

    ```mlir
    #tokens = #gdn.factor<warps = 4>
    func.func @row(%t: !gdn.tile<16x128xf32, #tokens>) -> !gdn.tile<128xf32, #gdn.slice<0, #tokens>> {
      %0 = gdn.tile_common_row %t : !gdn.tile<16x128xf32, #tokens> to !gdn.tile<128xf32, #gdn.slice<0, #tokens>>
      return %0 : !gdn.tile<128xf32, #gdn.slice<0, #tokens>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($output)";
}

def Gdn_TilePairMmaOp : Gdn_MatrixOp<"tile_pair_mma", [Pure]> {
  let summary = "products of the rows of tiles, each with each";
  let description = [{
    `results[n][w, i, j]` is the sum of `lhs[n][i, c] * rhs[j, c]` over those
    columns c that warp w has. A warp multiplies its registers on tensor cores
    (`mma.sync` m16n8k16), two left factors at once. Products are exact, sums
    are in f32.

    Constraints:

    - C1: there are one or two left factors; they and `rhs` are of the same
      type, 8 x K of f16 or of bf16, in a `#gdn.factor` layout.
    - C2: there is a result for each left factor, warps x 8 x 8 of f32, in the
      `#gdn.pairs` layout of these warps.

    Example:

    ```mlir
    #tokens = #gdn.factor<warps = 4>
    func.func @pairs(%e: !gdn.tile<8x128xf16, #tokens>, %q: !gdn.tile<8x128xf16, #tokens>, %k: !gdn.tile<8x128xf16, #tokens>)
        -> !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>> {
      %0:2 = gdn.tile_pair_mma %e, %q with %k
          : (!gdn.tile<8x128xf16, #tokens>, !gdn.tile<8x128xf16, #tokens>, !gdn.tile<8x128xf16, #tokens>)
          -> (!gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>, !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>)
      return %0#1 : !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Variadic<Gdn_TileType>:$lhs, Gdn_TileType:$rhs);
  let results = (outs Variadic<Gdn_TileType>:$products);
  let assemblyFormat = "$lhs `with` $rhs attr-dict `:` functional-type(operands, results)";
}

def Gdn_TileSelectPairsOp : Gdn_MatrixOp<"tile_select_pairs", [
    Pure, AllTypesMatch<["joined", "others", "output"]>]> {
  let summary = "products of those rows that a size of block joins";
  let description = [{
    Rows are cut into blocks of `block` of them, 1, 2 or 4. `output[w, i, j]` is
    that of `joined` where i lies in the second and j in the first of two blocks
    that stand side by side, else that of `others`. With `block` 0 it is that of
    `joined` where i is j. So blocks of 0, 1, 2 and 4 choose each pair of
    j <= i of 8 rows once, and nothing above the diagonal.

    Constraints:

    - C1: the tiles are warps x 8 x 8, in a `#gdn.pairs` layout.
    - C2: `block` is 0, 1, 2 or 4.

    Example:

    ```mlir
    func.func @select(%a: !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>, %b: !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>)
        -> !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>> {
      %0 = gdn.tile_select_pairs %a, %b blocks 2 : !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>
      return %0 : !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$joined, Gdn_TileType:$others, I64Attr:$block);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$joined `,` $others `blocks` $block attr-dict `:` type($joined)";
}

def Gdn_TileUnitInverseOp : Gdn_MatrixOp<"tile_unit_inverse", [MemoryEffects<[MemRead]>]> {
  let summary = "the inverse of a unit lower triangular matrix, less the identity";
  let description = [{
    `output = (I + lower)^-1 - I`, where `lower` is the transpose of place `slot`
    of `source`: 0 on the diagonal and above it; by forward substitution in f32.
    Each lane computes all rows of its columns, and keeps its own.

    Constraints:

    - C1: `source` is stages x C x C of f32, C a multiple of 4, and its rows begin
      at multiples of 16 bytes.
    - C2: `output` is C x C of f32; a column lies in the lanes of one warp, each
      with neighbouring rows.

    Example:

    ```mlir
    #columns = #gdn.blocked<per_lane = [8, 1], lanes = [2, 16], warps = [1, 1]>
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
