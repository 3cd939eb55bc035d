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

def Gdn_TileMergeDecayOp : Gdn_MatrixOp<"tile_merge_decay", [
    Pure, AllTypesMatch<["prefix", "suffix", "merged_prefix", "merged_suffix"]>]> {
  let summary = "decays within blocks of rows to those within blocks twice as long";
  let description = [{
    Rows are tokens, cut into blocks of `block` of them; with `a` their decay
    factors, at most 1,

        prefix[i] = product of a[r], r from the first row of i's block to i
        suffix[i] = product of a[r], r from i + 1 to the last row of i's block

    and the results are the same for blocks of 2 * `block` rows. From
    `prefix = a`, `suffix = 1` and blocks of 1, four of them make the decays from
    the beginning of 16 tokens and to their end. On the way, for j in the lower
    and i in the upper half of a merged block, prefix[i] * suffix[j] is the
    pair factor of `gdn.chunk_scores`: exact, without a quotient, and no row
    later than i counts.

    Constraints:

    - C1: the tiles are 16 x K of f32 in a `#gdn.blocked` layout where a lane
      has rows 2 r and 2 r + 1, r = lane / 4 (`per_lane = [2, 2]`,
      `lanes = [8, 4]`).
    - C2: `block` is 1, 2, 4 or 8.

    Example:

    ```mlir
    #tokens = #gdn.blocked<per_lane = [2, 2], lanes = [8, 4], warps = [1, 2]>
    func.func @merge(%p: !gdn.tile<16x128xf32, #tokens>, %s: !gdn.tile<16x128xf32, #tokens>)
        -> !gdn.tile<16x128xf32, #tokens> {
      %0, %1 = gdn.tile_merge_decay %p, %s blocks 4 : !gdn.tile<16x128xf32, #tokens>
      return %0 : !gdn.tile<16x128xf32, #tokens>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$prefix, Gdn_TileType:$suffix, I64Attr:$block);
  let results = (outs Gdn_TileType:$merged_prefix, Gdn_TileType:$merged_suffix);
  let assemblyFormat = "$prefix `,` $suffix `blocks` $block attr-dict `:` type($prefix)";
}

def Gdn_TileTotalDecayOp : Gdn_MatrixOp<"tile_total_decay", [
    Pure, AllTypesMatch<["prefix", "suffix"]>]> {
  let summary = "the decay over all rows";
  let description = [{
    `output[c] = prefix[i, c] * suffix[i, c]` for the first row i that a thread
    has: of results of `gdn.tile_merge_decay` for one block of all rows, the
    product of all factors, whatever i is.

    Constraints:

    - C1: as C1 of `gdn.tile_merge_decay`; `output` is K of f32 in the layout
      that is theirs without the rows (`#gdn.slice<0, ..>`).

    Example:

    ```mlir
    #tokens = #gdn.blocked<per_lane = [2, 2], lanes = [8, 4], warps = [1, 2]>
    func.func @total(%p: !gdn.tile<16x128xf32, #tokens>, %s: !gdn.tile<16x128xf32, #tokens>)
        -> !gdn.tile<128xf32, #gdn.slice<0, #tokens>> {
      %0 = gdn.tile_total_decay %p, %s
          : !gdn.tile<16x128xf32, #tokens> to !gdn.tile<128xf32, #gdn.slice<0, #tokens>>
      return %0 : !gdn.tile<128xf32, #gdn.slice<0, #tokens>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$prefix, Gdn_TileType:$suffix);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$prefix `,` $suffix attr-dict `:` type($prefix) `to` type($output)";
}

def Gdn_TilePairMmaOp : Gdn_MatrixOp<"tile_pair_mma", [
    Pure, AllTypesMatch<["lhs", "rhs"]>, AllTypesMatch<["acc", "result"]>]> {
  let summary = "products of the rows of two tiles, each with each";
  let description = [{
    `result[w, i, j] = acc[w, i, j] + sum of lhs[i, c] * rhs[j, c]` over those
    columns c that warp w has: all rows of one tile with all of the other, on
    tensor cores (`mma.sync`), which take both from the registers where they
    lie. Products are exact, sums are in f32.

    Constraints:

    - C1: `lhs` and `rhs` are 16 x K of f16 or bf16 in a layout as C1 of
      `gdn.tile_merge_decay` has it, K a multiple of 16 for each warp.
    - C2: `acc` is warps x 16 x 16 of f32, laid out with
      `per_lane = [1, 2, 4]`, `lanes = [1, 8, 4]` and `warps = [warps, 1, 1]`.

    Example:

    ```mlir
    #tokens = #gdn.blocked<per_lane = [2, 2], lanes = [8, 4], warps = [1, 2]>
    #pairs = #gdn.blocked<per_lane = [1, 2, 4], lanes = [1, 8, 4], warps = [2, 1, 1]>
    func.func @pairs(%q: !gdn.tile<16x128xbf16, #tokens>, %k: !gdn.tile<16x128xbf16, #tokens>,
                     %c: !gdn.tile<2x16x16xf32, #pairs>) -> !gdn.tile<2x16x16xf32, #pairs> {
      %0 = gdn.tile_pair_mma %q, %k, %c : !gdn.tile<16x128xbf16, #tokens>, !gdn.tile<2x16x16xf32, #pairs>
      return %0 : !gdn.tile<2x16x16xf32, #pairs>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$lhs, Gdn_TileType:$rhs, Gdn_TileType:$acc);
  let results = (outs Gdn_TileType:$result);
  let assemblyFormat = "$lhs `,` $rhs `,` $acc attr-dict `:` type($lhs) `,` type($acc)";
}

def Gdn_TilePickPairsOp : Gdn_MatrixOp<"tile_pick_pairs", [
    Pure, AllTypesMatch<["others", "pairs", "result"]>]> {
  let summary = "the elements of those pairs of rows that a block joins";
  let description = [{
    `result[.., i, j]` is that of `pairs` where row j is in the lower and row i
    in the upper half of the same block of 2 * `block` rows, and that of
    `others` elsewhere. With `block` 0 it is that of `pairs` where i = j. So the
    blocks of 0, 1, 2, 4 and 8 pick each pair of j <= i of 16 rows once.

    Constraints:

    - C1: the tiles have two dimensions or more.
    - C2: `block` is 0 or a power of 2.

    Example:

    ```mlir
    #pairs = #gdn.blocked<per_lane = [1, 2, 4], lanes = [1, 8, 4], warps = [2, 1, 1]>
    func.func @pick(%all: !gdn.tile<2x16x16xf32, #pairs>, %some: !gdn.tile<2x16x16xf32, #pairs>)
        -> !gdn.tile<2x16x16xf32, #pairs> {
      %0 = gdn.tile_pick_pairs %all, %some blocks 4 : !gdn.tile<2x16x16xf32, #pairs>
      return %0 : !gdn.tile<2x16x16xf32, #pairs>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$others, Gdn_TileType:$pairs, I64Attr:$block);
  let results = (outs Gdn_TileType:$result);
  let assemblyFormat = "$others `,` $pairs `blocks` $block attr-dict `:` type($result)";
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
