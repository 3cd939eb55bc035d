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

def Gdn_TileHalfOp : Gdn_MatrixOp<"tile_half", [Pure]> {
  let summary = "every second block of the rows of a tile";
  let description = [{
    Rows (of the last two dimensions the first) are cut into blocks of `block`
    of them; of each two blocks the output has the second one with `upper`, else
    the first one. It costs nothing: each thread keeps some of its registers.

    Constraints:

    - C1: `input` and `output` are in the same `#gdn.blocked` layout, of the
      same elements and sizes but for the rows, of which `output` has half.
    - C2: `block` is a multiple of the rows over which the layout spreads
      different threads, and `input` has a multiple of 2 * `block` rows.

    Example:

    ```mlir
    #tokens = #gdn.blocked<per_lane = [1, 2], lanes = [1, 32], warps = [1, 2]>
    func.func @half(%t: !gdn.tile<16x128xf32, #tokens>) -> !gdn.tile<8x128xf32, #tokens> {
      %0 = gdn.tile_half %t blocks 4 upper
          : !gdn.tile<16x128xf32, #tokens> to !gdn.tile<8x128xf32, #tokens>
      return %0 : !gdn.tile<8x128xf32, #tokens>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, I64Attr:$block, UnitAttr:$upper);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = [{
    $input `blocks` $block (`upper` $upper^)? attr-dict `:` type($input) `to` type($output)
  }];
}

def Gdn_TileDecayHalfOp : Gdn_MatrixOp<"tile_decay_half", [
    Pure, AllTypesMatch<["input", "output"]>]> {
  let summary = "decays every second block of the rows of a tile";
  let description = [{
    Rows are tokens, cut into blocks of `block` of them, over each of which the
    state decays by its row of `totals`. With `upper`, of each two blocks the
    rows of the second one are multiplied by the total of the first one; else
    those of the first one by the total of the second one. So what was decayed
    from the beginning of its block (`upper`), or to its end, is so for blocks
    of 2 * `block` rows: for j in the lower and i in the upper half of such a
    block, the two together are the pair factor of `gdn.chunk_scores`, exact,
    without a quotient, and no row later than i counts.

    Constraints:

    - C1: `input` is R x K and `totals` R / `block` x K of f32, in the same
      `#gdn.blocked` layout, where each thread has all rows of its columns; R is
      a multiple of 2 * `block`.

    Example:

    ```mlir
    #tokens = #gdn.blocked<per_lane = [1, 2], lanes = [1, 32], warps = [1, 2]>
    func.func @decay(%q: !gdn.tile<16x128xf32, #tokens>, %a: !gdn.tile<4x128xf32, #tokens>)
        -> !gdn.tile<16x128xf32, #tokens> {
      %0 = gdn.tile_decay_half %q by %a blocks 4 upper
          : !gdn.tile<16x128xf32, #tokens>, !gdn.tile<4x128xf32, #tokens>
      return %0 : !gdn.tile<16x128xf32, #tokens>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, Gdn_TileType:$totals, I64Attr:$block,
                       UnitAttr:$upper);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = [{
    $input `by` $totals `blocks` $block (`upper` $upper^)? attr-dict
    `:` type($input) `,` type($totals)
  }];
}

def Gdn_TilePairMmaOp : Gdn_MatrixOp<"tile_pair_mma", [
    AttrSizedOperandSegments, MemoryEffects<[MemRead]>]> {
  let summary = "products of the rows of two matrices, each with each";
  let description = [{
    `result[w, i, j]` is the sum of `lhs[i, c] * rhs[j, c]` over those columns c
    that warp w of the team has: an equal part of them, in order. The matrices
    lie in shared memory from `lhs_offsets` and `rhs_offsets` on; a warp loads
    them (`ldmatrix`) and multiplies on tensor cores (`mma.sync`). Products are
    exact, sums are in f32.

    Constraints:

    - C1: `lhs` and `rhs` have the same elements, f16 or bf16, and the same
      number of columns; each warp has a multiple of 16 of them.
    - C2: there is one offset for each dimension of each.
    - C3: `result` is warps x M x N of f32, M 8 or 16, N a multiple of 8, laid
      out with `per_lane = [1, 1, 2]`, `lanes = [1, 8, 4]` and
      `warps = [warps, 1, 1]`.

    Example:

    ```mlir
    #pairs = #gdn.blocked<per_lane = [1, 1, 2], lanes = [1, 8, 4], warps = [2, 1, 1]>
    func.func @pairs(%q: !gdn.shared<2x16x128xbf16, swizzle = 128>,
                     %k: !gdn.shared<2x8x128xbf16, swizzle = 128>, %team: index)
        -> !gdn.tile<2x16x8xf32, #pairs> {
      %c0 = arith.constant 0 : index
      %0 = gdn.tile_pair_mma %q[%team, %c0, %c0], %k[%team, %c0, %c0]
          : !gdn.shared<2x16x128xbf16, swizzle = 128>, !gdn.shared<2x8x128xbf16, swizzle = 128>
          to !gdn.tile<2x16x8xf32, #pairs>
      return %0 : !gdn.tile<2x16x8xf32, #pairs>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_SharedType:$lhs, Variadic<Index>:$lhs_offsets,
                       Gdn_SharedType:$rhs, Variadic<Index>:$rhs_offsets);
  let results = (outs Gdn_TileType:$result);
  let assemblyFormat = [{
    $lhs `[` $lhs_offsets `]` `,` $rhs `[` $rhs_offsets `]` attr-dict
    `:` type($lhs) `,` type($rhs) `to` type($result)
  }];
  let extraClassDeclaration = [{
    /// Warps that share the columns.
    int64_t getWarps() { return getResult().getType().getDimSize(0); }
  }];
}

def Gdn_SharedStorePairsOp : Gdn_MatrixOp<"shared_store_pairs", [MemoryEffects<[MemWrite]>]> {
  let summary = "stores what a block joins of products of rows";
  let description = [{
    Rows are cut into blocks of `block` of them. `pairs[w, i, j]` is of the i-th
    row that lies in a second block of two, and the j-th row that lies in a
    first one (`gdn.tile_half`); where those two blocks stand side by side, it
    goes to the matrix at place `slot` + w of `dest`, at these rows' numbers.
    With `block` 0 the pairs are of all rows, and those of a row with itself are
    stored. So blocks of 0, 1, 2, 4 and 8 store each pair of j <= i of 16 rows
    once, and nothing above the diagonal.

    Constraints:

    - C1: `dest` is places x T x T of f32; `pairs` is warps x T / 2 x T / 2 of f32,
      or warps x T x T where `block` is 0, and T is 16.
    - C2: `block` is 0, 1, 2, 4 or 8.
    - C3: `pairs` is laid out as the result of `gdn.tile_pair_mma`.

    Example:

    ```mlir
    #pairs = #gdn.blocked<per_lane = [1, 1, 2], lanes = [1, 8, 4], warps = [2, 1, 1]>
    func.func @store_pairs(%p: !gdn.tile<2x8x8xf32, #pairs>, %s: !gdn.shared<4x16x16xf32>, %slot: index) {
      gdn.shared_store_pairs %p, %s[%slot] blocks 4 : !gdn.tile<2x8x8xf32, #pairs>, !gdn.shared<4x16x16xf32>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$pairs, Gdn_SharedType:$dest, Index:$slot, I64Attr:$block);
  let assemblyFormat = [{
    $pairs `,` $dest `[` $slot `]` `blocks` $block attr-dict `:` type($pairs) `,` type($dest)
  }];
}

def Gdn_TileUnitInverseOp : Gdn_MatrixOp<"tile_unit_inverse", [MemoryEffects<[MemRead]>]> {
  let summary = "the inverse of a unit lower triangular matrix, less the identity";
  let description = [{
    `output = (I + lower)^-1 - I`, where `lower` is place `slot` of `source`: 0 on
    the diagonal and above it; by forward substitution in f32. Each lane computes
    all rows of its columns, and keeps its own.

    Constraints:

    - C1: `source` is stages x C x C of f32.
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
