//===- GdnSharedOps.td - Level 3: shared memory, events, roles --*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNSHAREDOPS_TD
#define GDN_IR_GDNSHAREDOPS_TD

include "gdn/IR/GdnTileAttrs.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Gdn_SharedOp<string mnemonic, list<Trait> traits = []>
    : Gdn_Op<mnemonic, traits> {
  let hasVerifier = 1;
}

def Gdn_FloatMemRef : MemRefRankOf<[F32, F16, BF16], [2]>;

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

def Gdn_WarpRoleOp : Gdn_SharedOp<"warp_role", [NoTerminator, SingleBlock, RecursiveMemoryEffects]> {
  let summary = "what some warps of a CTA do";
  let description = [{
    The warps from number `first` on, `teams` * `team_warps` of them, execute
    the body, and no others do. Each team of `team_warps` warps has its number, from 0
    on, as argument; tiles in the body are spread over the threads of a team.
    A role may stand in another one, whose warps then are its own, too. With
    `registers`, a thread of these warps may use so many, and the others use
    fewer or more (`setmaxnreg`).

    Constraints:

    - C1: the body has one argument of index type.
    - C2: `teams` and `team_warps` are at least 1, and the last warp is below 32.
    - C3: `registers` is a multiple of 8 from 24 to 256, and the warps are whole
      warpgroups: 4 divides `first` and the number of warps.
    - C4: the warps of a role in another one are among those of that.

    Example:

    ```mlir
    func.func @roles(%e: !gdn.event<stages = 2, arrivals = 1>) {
      gdn.warp_role "produce" first 0 teams 1 team_warps 2 {
      ^bb0(%team: index):
        gdn.team_barrier
        gdn.event_arrive %e[%team] : !gdn.event<stages = 2, arrivals = 1>
      }
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins StrAttr:$name, I64Attr:$first, I64Attr:$teams, I64Attr:$team_warps,
                       OptionalAttr<I64Attr>:$registers);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name `first` $first `teams` $teams `team_warps` $team_warps (`registers` $registers^)?
    attr-dict-with-keyword $body
  }];
  let extraClassDeclaration = [{
    int64_t getWarps() { return getTeams() * getTeamWarps(); }
    /// Threads of a team.
    int64_t getTeamThreads() { return 32 * getTeamWarps(); }
  }];
}

def Gdn_TeamBarrierOp : Gdn_Op<"team_barrier", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "waits for all threads of the team";
  let description = [{
    What a thread of the team wrote to shared memory before, all of them see behind it.
    It stands in the body of a `gdn.warp_role` or in a loop there.

    Example:

    ```mlir
    func.func @team_barrier() {
      gdn.warp_role "work" first 0 teams 1 team_warps 2 {
      ^bb0(%team: index):
        gdn.team_barrier
      }
      return
    }
    ```

    Since 0.1.
  }];
  let assemblyFormat = "attr-dict";
}

def Gdn_WarpBarrierOp : Gdn_Op<"warp_barrier", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "waits for all threads of the warp";
  let description = [{
    What a thread of the warp wrote to shared memory before, all of them see
    behind it.

    Example:

    ```mlir
    func.func @warp_barrier() {
      gdn.warp_barrier
      return
    }
    ```

    Since 0.1.
  }];
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

def Gdn_EventCreateOp : Gdn_Op<"event_create", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "makes the barriers of an event";
  let description = [{
    They lie `offset` bytes behind the begin of the CTA's shared memory, 8 bytes
    for each place. One thread initialises them; the CTA must meet at a barrier
    before any warp arrives at them or waits for them.

    Example:

    ```mlir
    func.func @event_create() {
      %0 = gdn.event_create at 0 : !gdn.event<stages = 2, arrivals = 1>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins I64Attr:$offset);
  let results = (outs Gdn_EventType:$event);
  let assemblyFormat = "`at` $offset attr-dict `:` type($event)";
}

def Gdn_ProxyFenceOp : Gdn_Op<"proxy_fence", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "shows what was stored to tensor cores";
  let description = [{
    What a thread stored to shared memory before, products of warpgroups (`wgmma`)
    see that follow an arrival behind this.

    Example:

    ```mlir
    func.func @proxy_fence() {
      gdn.proxy_fence
      return
    }
    ```

    Since 0.1.
  }];
  let assemblyFormat = "attr-dict";
}

def Gdn_EventArriveOp : Gdn_Op<"event_arrive", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "an arrival at an event";
  let description = [{
    For use number `use` of the ring. Each warp of the team arrives once, after
    all its threads have come here. With `copies` each thread arrives, once the
    copies that it has issued (`gdn.copy_in`) have been made; nobody waits here
    for that. With `rank` the event is that of CTA number `rank` of the cluster.

    Constraints:

    - C1: there is no `rank` with `copies`.

    Example:

    ```mlir
    func.func @event_arrive(%e: !gdn.event<stages = 2, arrivals = 1>, %i: index) {
      gdn.event_arrive %e[%i] : !gdn.event<stages = 2, arrivals = 1>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_EventType:$event, Index:$use, UnitAttr:$copies, Optional<Index>:$rank);
  let assemblyFormat = [{
    $event `[` $use `]` (`copies` $copies^)? (`at` $rank^)? attr-dict `:` type($event)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$event, "::mlir::Value":$use,
                                 CArg<"bool", "false">:$copies,
                                 CArg<"::mlir::Value", "nullptr">:$rank)>];
  let hasVerifier = 1;
}

def Gdn_EventWaitOp : Gdn_Op<"event_wait", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "waits until an event has happened";
  let description = [{
    For use number `use` of the ring; with `previous`, for the use before it of the same
    place, and not at all where there was none. What was written before the
    arrivals is seen behind it.

    Example:

    ```mlir
    func.func @event_wait(%e: !gdn.event<stages = 2, arrivals = 1>, %i: index) {
      gdn.event_wait %e[%i] previous : !gdn.event<stages = 2, arrivals = 1>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_EventType:$event, Index:$use, UnitAttr:$previous);
  let assemblyFormat = "$event `[` $use `]` (`previous` $previous^)? attr-dict `:` type($event)";
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

def Gdn_ClusterSizeOp : Gdn_Op<"cluster_size", [MemoryEffects<[MemWrite]>]> {
  let summary = "asks for clusters of some CTAs";
  let description = [{
    Each `count` neighbouring CTAs of the kernel around it, along x, run at the
    same time, and reach each other's shared memory. Their number is a multiple
    of `count`. GPUs have clusters from sm_90 on.

    Example:

    ```mlir
    gpu.module @kernels {
      gpu.func @kernel() kernel {
        gdn.cluster_size 2
        gpu.return
      }
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntMinValue<1>, IntMaxValue<8>]>:$count);
  let assemblyFormat = "$count attr-dict";
}

def Gdn_ClusterBarrierOp : Gdn_Op<"cluster_barrier", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "waits for all threads of the cluster";
  let description = [{
    What they did before is seen behind it, in each other's shared memory, too;
    copies may complete at events that were made before.

    Example:

    ```mlir
    func.func @cluster_barrier() {
      gdn.cluster_barrier
      return
    }
    ```

    Since 0.1.
  }];
  let assemblyFormat = "attr-dict";
}

def Gdn_SharedSendOp : Gdn_SharedOp<"shared_send", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "copies places of buffers to another CTA of the cluster";
  let description = [{
    Place `slot` of each of `sources` goes to the same place of the same buffer
    in CTA number `rank` of the cluster, where use number `use` of `event`
    happens once the bytes have come: it is all of its arrivals. One thread of
    the warp starts the copies; nobody waits for them. What was stored in the
    buffers before is shown to copies first (`gdn.proxy_fence`).

    Constraints:

    - C1: there is a source, and each has three dimensions, or two of which the
      second one is no matrix's; the bytes of a place are a multiple of 16.
    - C2: it stands where a warp is alone: in a `gdn.warp_role` of teams of one.

    Example:

    ```mlir
    func.func @send(%s: !gdn.shared<2x32x128xtf32, cores = [4640, 144]>, %g: !gdn.shared<2x128xf32>,
                    %e: !gdn.event<stages = 2, arrivals = 1>, %i: index, %rank: index) {
      gdn.warp_role "send" first 0 teams 1 team_warps 1 {
      ^bb0(%team: index):
        gdn.shared_send %s, %g [%i] to %rank, %e[%i]
            : !gdn.shared<2x32x128xtf32, cores = [4640, 144]>, !gdn.shared<2x128xf32> to !gdn.event<stages = 2, arrivals = 1>
      }
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Variadic<Gdn_SharedType>:$sources, Index:$slot, Index:$rank,
                       Gdn_EventType:$event, Index:$use);
  let assemblyFormat = [{
    $sources `[` $slot `]` `to` $rank `,` $event `[` $use `]` attr-dict
    `:` type($sources) `to` type($event)
  }];
  let extraClassDeclaration = [{
    /// Bytes of a place of `type`.
    static int64_t getPlaceBytes(::gdn::SharedType type);
  }];
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

def Gdn_SharedAllocOp : Gdn_Op<"shared_alloc", [Pure]> {
  let summary = "a buffer in the CTA's shared memory";
  let description = [{
    It lies `offset` bytes behind the begin of the CTA's dynamic shared memory,
    a multiple of 1024 where it is swizzled and of 16 elsewhere. Where its bytes
    are used elsewhere too is the program's affair.

    Example:

    ```mlir
    func.func @shared_alloc() {
      %0 = gdn.shared_alloc at 1024 : !gdn.shared<2x16x128xbf16>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins I64Attr:$offset);
  let results = (outs Gdn_SharedType:$buffer);
  let assemblyFormat = "`at` $offset attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}

def Gdn_SharedLoadOp : Gdn_SharedOp<"shared_load", [MemoryEffects<[MemRead]>]> {
  let summary = "loads a tile from shared memory";
  let description = [{
    The tile covers the last dimensions of `source` from `offsets` on, as that of
    `gdn.tile_load`; with `transposed` the last two of them change places. Then
    16-bit tiles in a `#gdn.mma` layout are loaded as matrices (`ldmatrix`).

    Constraints:

    - C1: there is one offset for each dimension of `source`.
    - C2: `tile` has the element type of `source` and at most its rank.
    - C3: `tile` has at least two dimensions with `transposed`.

    Example:

    ```mlir
    func.func @load(%s: !gdn.shared<4x16x128xbf16, swizzle = 128>, %slot: index)
        -> !gdn.tile<128x16xbf16, #gdn.mma<warps = [4, 1]>> {
      %c0 = arith.constant 0 : index
      %0 = gdn.shared_load %s[%slot, %c0, %c0] transposed
          : !gdn.shared<4x16x128xbf16, swizzle = 128> to !gdn.tile<128x16xbf16, #gdn.mma<warps = [4, 1]>>
      return %0 : !gdn.tile<128x16xbf16, #gdn.mma<warps = [4, 1]>>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_SharedType:$source, Variadic<Index>:$offsets, UnitAttr:$transposed);
  let results = (outs Gdn_TileType:$tile);
  let assemblyFormat = [{
    $source `[` $offsets `]` (`transposed` $transposed^)? attr-dict `:` type($source) `to` type($tile)
  }];
}

def Gdn_SharedStoreOp : Gdn_SharedOp<"shared_store", [MemoryEffects<[MemWrite]>]> {
  let summary = "stores a tile in shared memory";
  let description = [{
    The converse of `gdn.shared_load` (`stmatrix`). Of the lanes that hold the same
    elements the first one stores them.

    Constraints: those of `gdn.shared_load`, with `dest` for `source`.

    Example:

    ```mlir
    func.func @shared_store(%t: !gdn.tile<16x128xf32, #gdn.mma<warps = [1, 1]>>, %s: !gdn.shared<2x16x128xf32>, %i: index) {
      gdn.shared_store %t, %s[%i, %i, %i] : !gdn.tile<16x128xf32, #gdn.mma<warps = [1, 1]>>, !gdn.shared<2x16x128xf32>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_TileType:$tile, Gdn_SharedType:$dest, Variadic<Index>:$offsets,
                       UnitAttr:$transposed);
  let assemblyFormat = [{
    $tile `,` $dest `[` $offsets `]` (`transposed` $transposed^)? attr-dict `:` type($tile) `,` type($dest)
  }];
}

def Gdn_CopyInOp : Gdn_SharedOp<"copy_in", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "starts copying rows of global memory to shared memory";
  let description = [{
    Rows `row` .. `row` + `valid` of `source`, T x D, go to place `slot` of `dest`,
    stages x R x D; the rest of its R rows becomes zeros. The bytes arrive some
    time before an event that the threads then arrive at with `copies`
    (`gdn.event_arrive`).

    Constraints:

    - C1: `source` and `dest` have the same element type, and `dest` one
      dimension more.
    - C2: a row of `dest` is as long as one of `source`, and a multiple of 16
      bytes, contiguous and aligned to 16 bytes in global memory.

    Example:

    ```mlir
    func.func @copy_in(%m: memref<?x128xbf16>, %s: !gdn.shared<2x16x128xbf16>, %i: index) {
      gdn.copy_in %m[%i] valid %i to %s[%i] : memref<?x128xbf16> to !gdn.shared<2x16x128xbf16>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_FloatMemRef:$source, Index:$row, Index:$valid,
                       Gdn_SharedType:$dest, Index:$slot);
  let assemblyFormat = [{
    $source `[` $row `]` `valid` $valid `to` $dest `[` $slot `]` attr-dict `:` type($source) `to` type($dest)
  }];
}

def Gdn_LoadScalarsOp : Gdn_SharedOp<"load_scalars", [MemoryEffects<[MemRead]>]> {
  let summary = "loads one number for each token";
  let description = [{
    Elements `row` .. `row` + `valid` of `source`, one for each of the tile; the
    others become zeros and are not read. A thread does not wait for them before
    it uses them.

    Constraints:

    - C1: `tile` has rank 1 and the element type of `source`.

    Example:

    ```mlir
    #tokens = #gdn.slice<0, #gdn.blocked<per_lane = [1, 1], lanes = [2, 16], warps = [1, 1]>>
    func.func @load_scalars(%m: memref<?xbf16, strided<[16]>>, %i: index) -> !gdn.tile<16xbf16, #tokens> {
      %0 = gdn.load_scalars %m[%i] valid %i : memref<?xbf16, strided<[16]>> to !gdn.tile<16xbf16, #tokens>
      return %0 : !gdn.tile<16xbf16, #tokens>
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins MemRefRankOf<[F32, F16, BF16], [1]>:$source, Index:$row, Index:$valid);
  let results = (outs Gdn_TileType:$tile);
  let assemblyFormat = [{
    $source `[` $row `]` `valid` $valid attr-dict `:` type($source) `to` type($tile)
  }];
}

def Gdn_CopyOutOp : Gdn_SharedOp<"copy_out", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "copies rows of shared memory to global memory";
  let description = [{
    The first `valid` rows of place `slot` of `source`, stages x R x D, go to the
    rows of `dest`, T x D, from `row` on, 16 bytes at a time.

    Constraints: those of `gdn.copy_in`, with the two changing parts.

    Example:

    ```mlir
    func.func @copy_out(%m: memref<?x128xbf16>, %s: !gdn.shared<2x16x128xbf16>, %i: index) {
      gdn.copy_out %s[%i] to %m[%i] valid %i : !gdn.shared<2x16x128xbf16> to memref<?x128xbf16>
      return
    }
    ```

    Since 0.1.
  }];
  let arguments = (ins Gdn_SharedType:$source, Index:$slot, Gdn_FloatMemRef:$dest,
                       Index:$row, Index:$valid);
  let assemblyFormat = [{
    $source `[` $slot `]` `to` $dest `[` $row `]` `valid` $valid attr-dict `:` type($source) `to` type($dest)
  }];
}

#endif // GDN_IR_GDNSHAREDOPS_TD
