//===- GdnTileOps.td - Level 3: the program of one CTA ----------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNTILEOPS_TD
#define GDN_IR_GDNTILEOPS_TD

include "gdn/IR/GdnTileAttrs.td"
include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/SubsetOpInterface.td"

class Gdn_TileOp<string mnemonic, list<Trait> traits = []>
    : Gdn_Op<mnemonic, traits> {
  let hasVerifier = 1;
}

def Gdn_Shaped : AnyTypeOf<[
    Gdn_RankedTensor<[F32, F16, BF16], [1, 2, 3, 4], "tensor of f32, f16 or bf16">,
    MemRefRankOf<[F32, F16, BF16], [1, 2, 3, 4]>],
    "tensor or memref of f32, f16 or bf16">;

def Gdn_TileLoadOp : Gdn_TileOp<"tile_load", [
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<SubsetOpInterface, ["getAccessedHyperrectangularSlice"]>,
    DeclareOpInterfaceMethods<SubsetExtractionOpInterface>,
    DeclareOpInterfaceMethods<BufferizableOpInterface, [
      "bufferizesToMemoryRead", "bufferizesToMemoryWrite", "getAliasingValues", "bufferize"]>]> {
  let summary = "loads a tile";
  let description = [{
    The tile covers the last dimensions of `source`, from `offsets` on; along
    the other dimensions it stands at one index. Each thread loads what the
    layout gives it, in accesses of up to 16 bytes.

    Constraints:

    - C1: there is one offset for each dimension of `source`.
    - C2: `tile` has the element type of `source` and at most its rank.
    - C3: where sizes and offsets are known, the tile lies within `source`.

    Example:

    ```mlir
    #state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
    func.func @load(%s: memref<?x16x128x128xf32>, %n: index, %h: index)
        -> !gdn.tile<128x32xf32, #state> {
      %c0 = arith.constant 0 : index
      %0 = gdn.tile_load %s[%n, %h, %c0, %c0]
          : memref<?x16x128x128xf32> to !gdn.tile<128x32xf32, #state>
      return %0 : !gdn.tile<128x32xf32, #state>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_Shaped:$source, Variadic<Index>:$offsets);
  let results = (outs Gdn_TileType:$tile);
  let assemblyFormat = "$source `[` $offsets `]` attr-dict `:` type($source) `to` type($tile)";
}

def Gdn_TileStoreOp : Gdn_TileOp<"tile_store", [
    DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<SubsetOpInterface, ["getAccessedHyperrectangularSlice"]>,
    DeclareOpInterfaceMethods<SubsetInsertionOpInterface>,
    DeclareOpInterfaceMethods<BufferizableOpInterface, [
      "bufferizesToMemoryRead", "bufferizesToMemoryWrite", "getAliasingValues", "bufferize"]>]> {
  let summary = "stores a tile";
  let description = [{
    The converse of `gdn.tile_load`: writes `tile` into `dest` from `offsets`
    on. Of the threads that hold the same elements the first one stores them.
    On a tensor the result is the tensor so changed; on a memref there is none.

    Constraints:

    - C1: there is one offset for each dimension of `dest`.
    - C2: `tile` has the element type of `dest` and at most its rank.
    - C3: where sizes and offsets are known, the tile lies within `dest`.
    - C4: there is a result, of the type of `dest`, exactly when `dest` is a
      tensor.

    Example:

    ```mlir
    #state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
    func.func @store(%s: !gdn.tile<128x32xf32, #state>, %m: memref<128x128xf32>) {
      %c0 = arith.constant 0 : index
      gdn.tile_store %s, %m[%c0, %c0] : !gdn.tile<128x32xf32, #state>, memref<128x128xf32>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$tile, Gdn_Shaped:$dest, Variadic<Index>:$offsets);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let assemblyFormat = [{
    $tile `,` $dest `[` $offsets `]` attr-dict `:` type($tile) `,` type($dest)
    (`->` type($result)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getDestMutable(); }
  }];
}

def Gdn_MinCtasOp : Gdn_Op<"min_ctas", [MemoryEffects<[MemWrite]>]> {
  let summary = "asks for registers few enough for some CTAs";
  let description = [{
    The threads of the kernel around it take so few registers that `count` of
    its CTAs fit on a multiprocessor, as far as registers go. It does nothing
    else.

    Example:

    ```mlir
    gpu.module @kernels {
      gpu.func @kernel() kernel {
        gdn.min_ctas 6
        gpu.return
      }
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntPositive]>:$count);
  let assemblyFormat = "$count attr-dict";
}

def Gdn_TileSplatOp : Gdn_TileOp<"tile_splat", [Pure]> {
  let summary = "a tile whose elements are all the same scalar";
  let description = [{
    Constraints:

    - C1: `tile` has the type of `value` for its elements.

    Example:

    ```mlir
    #row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
    func.func @splat(%x: f32) -> !gdn.tile<128xf32, #row> {
      %0 = gdn.tile_splat %x : f32 to !gdn.tile<128xf32, #row>
      return %0 : !gdn.tile<128xf32, #row>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins AnyTypeOf<[F32, F16, BF16]>:$value);
  let results = (outs Gdn_TileType:$tile);
  let assemblyFormat = "$value attr-dict `:` type($value) `to` type($tile)";
}

def Gdn_TileCastOp : Gdn_TileOp<"tile_cast", [Pure]> {
  let summary = "widens or rounds the elements of a tile";
  let description = [{
    To a narrower element type it rounds to the nearest, ties to even. To tf32,
    ties go away from 0, and registers keep bits of which tensor cores take no
    notice. (The casts of `arith` know vectors and tensors only.)

    Constraints:

    - C1: `input` and `output` have the same shape and layout, and floats of
      different widths.
    - C2: tf32 is made of f32, and into nothing else.

    Example:

    ```mlir
    #row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
    func.func @widen(%x: !gdn.tile<128xbf16, #row>) -> !gdn.tile<128xf32, #row> {
      %0 = gdn.tile_cast %x : !gdn.tile<128xbf16, #row> to !gdn.tile<128xf32, #row>
      return %0 : !gdn.tile<128xf32, #row>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($output)";
}

def Gdn_TileExpandOp : Gdn_TileOp<"tile_expand", [Pure]> {
  let summary = "repeats a tile along a new dimension";
  let description = [{
    `output[.., i, ..] = input[.., ..]` for each i along dimension `dim`. The
    threads hold the elements already, so it costs nothing.

    Constraints:

    - C1: `input` has the element type of `output`, and its shape without `dim`.
    - C2: the layout of `input` is `#gdn.slice<dim, layout of output>`.

    Example:

    ```mlir
    #state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
    func.func @expand(%k: !gdn.tile<128xf32, #gdn.slice<1, #state>>)
        -> !gdn.tile<128x32xf32, #state> {
      %0 = gdn.tile_expand %k dim 1
          : !gdn.tile<128xf32, #gdn.slice<1, #state>> to !gdn.tile<128x32xf32, #state>
      return %0 : !gdn.tile<128x32xf32, #state>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input, I64Attr:$dim);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = "$input `dim` $dim attr-dict `:` type($input) `to` type($output)";
}

def Gdn_TileSumOp : Gdn_TileOp<"tile_sum", [Pure]> {
  let summary = "the sum of a row of f32";
  let description = [{
    Adds up all elements of a tile of rank 1. Every thread gets the sum: each
    adds its registers in order, then the lanes along the dimension exchange
    theirs in a butterfly. The order of additions depends on the layout alone.

    Constraints:

    - C1: one warp covers the dimension.

    Example:

    ```mlir
    #state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
    func.func @sum(%k: !gdn.tile<128xf32, #gdn.slice<1, #state>>) -> f32 {
      %0 = gdn.tile_sum %k : !gdn.tile<128xf32, #gdn.slice<1, #state>>
      return %0 : f32
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$input);
  let results = (outs F32:$sum);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Gdn_TileContractOp : Gdn_TileOp<"tile_contract", [Pure]> {
  let summary = "the product of a row vector and a matrix";
  let description = [{
    `output[j] = sum over i of vector[i] * matrix[i, j]`, in f32 with fused
    multiply-adds: each thread over its registers in order, then a butterfly
    over the lanes that share a column.

    Constraints:

    - C1: `vector` is K in layout `#gdn.slice<1, L>`, `matrix` K x V in layout
      L and `output` V in layout `#gdn.slice<0, L>`, all of f32.
    - C2: one warp covers the K rows.

    Example:

    ```mlir
    #state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
    func.func @read(%k: !gdn.tile<128xf32, #gdn.slice<1, #state>>,
                    %s: !gdn.tile<128x32xf32, #state>)
        -> !gdn.tile<32xf32, #gdn.slice<0, #state>> {
      %0 = gdn.tile_contract %k, %s
          : !gdn.tile<128xf32, #gdn.slice<1, #state>>, !gdn.tile<128x32xf32, #state>
          -> !gdn.tile<32xf32, #gdn.slice<0, #state>>
      return %0 : !gdn.tile<32xf32, #gdn.slice<0, #state>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$vector, Gdn_TileType:$matrix);
  let results = (outs Gdn_TileType:$output);
  let assemblyFormat = [{
    $vector `,` $matrix attr-dict `:` type($vector) `,` type($matrix) `->` type($output)
  }];
}

#endif // GDN_IR_GDNTILEOPS_TD
