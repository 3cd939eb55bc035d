//===- GdnTileAttrs.td - Schedules, layouts, tiles --------------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNTILEATTRS_TD
#define GDN_IR_GDNTILEATTRS_TD

include "gdn/IR/GdnBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinTypeInterfaces.td"
include "mlir/IR/EnumAttr.td"

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

def Gdn_KernelForm : I32EnumAttr<"KernelForm", "how a kernel goes through the tokens", [
    I32EnumAttrCase<"Recurrent", 0, "recurrent">]> {
  let cppNamespace = "::gdn";
  let genSpecializedAttr = 0;
}

def Gdn_ScheduleInterface : AttrInterface<"ScheduleInterface"> {
  let cppNamespace = "::gdn";
  let description = [{
    How a rule becomes a GPU kernel. `gdn-select-schedule` or the user puts one
    on `gdn.delta_rule`; lowerings only read it.
  }];
  let methods = [
    InterfaceMethod<"Value channels of a head that one CTA works on.",
      "int64_t", "getValueChannels">,
    InterfaceMethod<"Threads of a CTA.", "int64_t", "getThreads">,
    InterfaceMethod<"Fails with one sentence unless it serves `rule`.",
      "::llvm::LogicalResult", "verifyRule", (ins "::mlir::Operation *":$rule)>,
  ];
}

def Gdn_ScheduleAttr : AttrDef<Gdn_Dialect, "Schedule", [
    DeclareAttrInterfaceMethods<Gdn_ScheduleInterface>]> {
  let mnemonic = "schedule";
  let summary = "how a rule becomes a GPU kernel";
  let description = [{
    Chosen by `gdn-select-schedule` or given by the user; lowerings only read
    it. On `gdn.delta_rule` it is the op's `schedule`; on the parallel loop of
    the chunked form it is `gdn.schedule`.

    `recurrent`: one token after the other. A CTA has `warps` warps; in each,
    `key_lanes` lanes share the key channels of a column of the state, and the
    other 32 / `key_lanes` lanes stand side by side, each with 4 value channels
    (16 bytes of f32). So a CTA holds `warps` * 4 * 32 / `key_lanes` value
    channels of one head in its registers. The operands of a token are loaded
    `stages` - 1 tokens before it is worked on (1, nothing ahead, if left out).
    A CTA takes `idle_shared` bytes of shared memory (0 if left out) only to
    bound how many of them stand on a multiprocessor at a time; its threads take
    few enough registers for `min_ctas` of them (0, any number, if left out).

    For example `#gdn.schedule<recurrent, key_lanes = 4, warps = 1>` has 32 value
    channels in a CTA; with `stages = 3`, three tokens are under way.
  }];
  let parameters = (ins "::gdn::KernelForm":$form, "int64_t":$key_lanes, "int64_t":$warps,
                        DefaultValuedParameter<"int64_t", "1">:$stages,
                        DefaultValuedParameter<"int64_t", "0">:$idle_shared,
                        DefaultValuedParameter<"int64_t", "0">:$min_ctas);
  let assemblyFormat = [{
    `<` $form `,` struct($key_lanes, $warps, $stages, $idle_shared, $min_ctas) `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The layout of a state tile of `keyChannels` rows.
    ::gdn::BlockedLayoutAttr getStateLayout(int64_t keyChannels) const;
  }];
}

def Gdn_ChunkedScheduleAttr : AttrDef<Gdn_Dialect, "ChunkedSchedule", [
    DeclareAttrInterfaceMethods<Gdn_ScheduleInterface>]> {
  let mnemonic = "chunked_schedule";
  let summary = "how a rule becomes a kernel for tensor cores";
  let description = [{
    Chunks of 16 tokens; the warps of a CTA have roles (`gdn.warp_role`) that
    hand chunks on through rings in shared memory.

    The chain holds the state: `chain_warps` warps, each with `value_channels` /
    `chain_warps` value channels of a head, all of its keys, in the accumulators
    of its tensor core. `prepare_teams` teams of `team_warps` warps, which share
    the key channels, and as many single warps that solve, take turns on the
    chunks before it; one warp loads and one stores. A chunk's operands wait in
    one of `stages` places of a ring for those that prepare, and its values for
    the chain; what is made of the operands waits in one of `prepared` places.

    The state is f32; where it meets other operands, those and what is written
    are rounded to tf32, which has the range of f32: values of any size are as
    good as those around 1.

    With `cluster = 2` two neighbouring CTAs, which hold different value channels
    of a head, form a cluster. Each loads and prepares every second chunk and
    sends what it made to the other one: `prepared` counts the places for both,
    `stages` those for the operands of its own chunks, and values wait in twice
    as many.

    With `warpgroup = true` (sm_90a) the chain multiplies by `wgmma`; then its
    warps are 4 or 8, with 16 value channels each.

    A ring's depth is a multiple of the teams that take turns on it: they wait
    for phases by parity, and would miss one otherwise.

    For example
    `#gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>`.
  }];
  let parameters = (ins "int64_t":$value_channels, "int64_t":$chain_warps,
                        "int64_t":$prepare_teams, "int64_t":$stages,
                        "int64_t":$prepared,
                        DefaultValuedParameter<"int64_t", "4">:$team_warps,
                        DefaultValuedParameter<"int64_t", "1">:$cluster,
                        DefaultValuedParameter<"bool", "false">:$warpgroup);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Tokens of a chunk.
    static constexpr int64_t chunkSize = 16;
  }];
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

def Gdn_TileLayoutInterface : AttrInterface<"TileLayoutInterface"> {
  let cppNamespace = "::gdn";
  let description = [{
    Which thread of a CTA holds which elements of a tile, in which of its
    registers. Along each dimension d, register j of a thread holds the element
    at index `first(thread, d) + getOffset(d, j)`.
  }];
  let methods = [
    InterfaceMethod<"The rank of the tiles it lays out.", "int64_t", "getRank">,
    InterfaceMethod<"Fails with one sentence unless it can lay out a tile of this shape.",
      "::llvm::LogicalResult", "verifyTile",
      (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "::llvm::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<"Registers of a thread along each dimension of a tile of this shape.",
      "::llvm::SmallVector<int64_t>", "getRegisterShape",
      (ins "::llvm::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<"How many neighbouring registers hold neighbouring elements.",
      "int64_t", "getRunLength", (ins "int64_t":$dim)>,
    InterfaceMethod<"Elements of the smallest tile along a dimension.",
      "int64_t", "getBlock", (ins "int64_t":$dim)>,
    InterfaceMethod<"From a thread's first element to that of its register.",
      "int64_t", "getOffset", (ins "int64_t":$dim, "int64_t":$reg)>,
    InterfaceMethod<"Warps along a dimension.", "int64_t", "getWarpsAlong", (ins "int64_t":$dim)>,
    InterfaceMethod<[{Exclusive-or masks of lane numbers: a butterfly over them combines the lanes
      along a dimension.}],
      "::llvm::SmallVector<int64_t>", "getLaneMasks", (ins "int64_t":$dim)>,
    InterfaceMethod<"Builds the index of a thread's first element.",
      "::mlir::Value", "buildFirstIndex",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$thread,
           "int64_t":$dim)>,
    InterfaceMethod<[{Builds whether a thread is the first of those that hold the same elements;
      null where no two threads do.}],
      "::mlir::Value", "buildIsFirstHolder",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$thread)>,
  ];
}

class Gdn_Layout<string name> : AttrDef<Gdn_Dialect, name, [
    DeclareAttrInterfaceMethods<Gdn_TileLayoutInterface>]>;

def Gdn_BlockedLayoutAttr : Gdn_Layout<"BlockedLayout"> {
  let mnemonic = "blocked";
  let summary = "blocks of elements over lanes and warps";
  let description = [{
    A thread holds a block of `per_lane` neighbouring elements; `lanes` such
    blocks stand side by side in a warp and `warps` warps side by side in the
    CTA, row-major (the last dimension counts fastest). A larger tile repeats
    the pattern; the repeated blocks are more registers of the same thread.

    For example `#gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>`
    spreads a 128 x 32 tile like this: along the rows 4 lanes of 8, four times;
    along the columns 8 lanes of 4.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$perLane,
    ArrayRefParameter<"int64_t">:$lanes, ArrayRefParameter<"int64_t">:$warps);
  let assemblyFormat = [{
    `<` `per_lane` `=` `[` $perLane `]` `,` `lanes` `=` `[` $lanes `]` `,`
    `warps` `=` `[` $warps `]` `>`
  }];
  let genVerifyDecl = 1;
}

def Gdn_SliceLayoutAttr : Gdn_Layout<"SliceLayout"> {
  let mnemonic = "slice";
  let summary = "a layout less one of its dimensions";
  let description = [{
    Each thread holds what it would hold of a tile in layout `parent`, without
    dimension `dim`; threads that differ along `dim` alone hold the same
    elements. So a row or a column meets the tile in the registers.
  }];
  let parameters = (ins "int64_t":$dim, "::gdn::TileLayoutInterface":$parent);
  let assemblyFormat = "`<` $dim `,` $parent `>`";
  let genVerifyDecl = 1;
}

def Gdn_MmaLayoutAttr : Gdn_Layout<"MmaLayout"> {
  let mnemonic = "mma";
  let summary = "accumulators of a tensor core";
  let description = [{
    How a warp holds the left factor of `mma.sync` m16n8k8 of tf32 (PTX ISA,
    matrix fragments): lane l holds the elements (l / 4, l % 4) and 4 columns
    further, and those 8 rows below, of each 16 x 8 block. It holds results so,
    too, where the right factor has its rows in the order of `cores` of
    `!gdn.shared`: then results become factors where they lie.

    `warps` stand side by side along the rows and the columns. Warps beyond
    their product hold the same elements again. With four warps along the rows
    it is also how a warpgroup holds the result of `wgmma`.

    For example `#gdn.mma<warps = [4, 1]>` spreads 64 x 128 elements over four warps,
    16 rows in each.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$warps);
  let assemblyFormat = "`<` `warps` `=` `[` $warps `]` `>`";
  let genVerifyDecl = 1;
}

def Gdn_FactorLayoutAttr : Gdn_Layout<"FactorLayout"> {
  let mnemonic = "factor";
  let summary = "rows that meet rows on a tensor core";
  let description = [{
    How a warp holds tokens x channels to multiply rows with rows: a lane's
    elements are what it has of either factor of `mma.sync` m16n8k16 (PTX ISA,
    matrix fragments), where the channels of both come in the same order. Lane l
    holds, of each 8 rows by 32 columns, 8 neighbouring columns from 8 (l % 4)
    on, of row number l / 4 in the order 0, 4, 1, 5, 2, 6, 3, 7: that of core
    matrices (`cores` of `!gdn.shared`). So what it loads or stores at once is
    16 bytes or more, and lies in other banks than what its neighbours do.

    `warps` stand side by side along the columns.

    For example `#gdn.factor<warps = 4>` spreads 16 x 128 elements over four
    warps, 16 in each lane.
  }];
  let parameters = (ins "int64_t":$warps);
  let assemblyFormat = "`<` `warps` `=` $warps `>`";
  let genVerifyDecl = 1;
}

def Gdn_PairsLayoutAttr : Gdn_Layout<"PairsLayout"> {
  let mnemonic = "pairs";
  let summary = "products of rows with rows, a matrix in each warp";
  let description = [{
    How warps hold what they make of factors in `#gdn.factor`: warp w the matrix
    (w, i, j), and in it lane l of each 8 x 8 elements the row number l / 4 in
    the order 0, 4, 1, 5, 2, 6, 3, 7, and of it the columns l % 4 and 4 further.

    For example `#gdn.pairs<warps = 4>` spreads 4 x 8 x 8 elements over four
    warps, two in each lane.
  }];
  let parameters = (ins "int64_t":$warps);
  let assemblyFormat = "`<` `warps` `=` $warps `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// Upstream's trait: tiles are values, so `arith` and `math` accept them.
def Gdn_ValueSemantics : NativeTypeTrait<"ValueSemantics"> {
  let cppNamespace = "::mlir";
}

def Gdn_TileType : TypeDef<Gdn_Dialect, "Tile", [ShapedTypeInterface, Gdn_ValueSemantics]> {
  let mnemonic = "tile";
  let summary = "elements spread over the registers of a CTA's threads";
  let description = [{
    A value of static shape that the threads of a CTA hold together, laid out
    as `layout` says. The element-wise ops of `arith` and `math` work on tiles.

    ```mlir
    #state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
    func.func private @tile(!gdn.tile<128x32xf32, #state>,
                            !gdn.tile<128xf32, #gdn.slice<1, #state>>)
    ```
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape, "::mlir::Type":$elementType,
    "::gdn::TileLayoutInterface":$layout);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    bool hasRank() const { return true; }
    ::mlir::ShapedType cloneWith(std::optional<::llvm::ArrayRef<int64_t>> shape,
                                 ::mlir::Type elementType) const;

    /// What one thread holds: a vector of its registers.
    ::mlir::VectorType getRegisterType();
  }];
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

def Gdn_SharedType : TypeDef<Gdn_Dialect, "Shared"> {
  let mnemonic = "shared";
  let summary = "a buffer in the shared memory of a CTA";
  let description = [{
    Elements of static shape; the last two dimensions are the rows and columns
    of matrices, the others count them. A matrix is row-major, unless:

    `swizzle`: its rows are cut into panels of 32, 64 or 128 bytes, one panel
    behind the other; in a panel the 16-byte parts of row r change places by an
    exclusive or, so that 8 rows of one column lie in different banks. These are
    the swizzles of bulk tensor copies and of `wgmma`: of the bits of an address,
    4 to 6 are xored with 7 to 9 (128 bytes), 4 to 5 with 7 to 8 (64), 4 with 7
    (32).

    `pitch`: a row begins that many bytes after the one before. With 16 bytes
    more than a row has, 8 rows of one column lie in different banks, and an
    address is that of the first row and a constant.

    `cores = [a, b]`: it is an operand of a tensor core, N x K of tf32, in core
    matrices of 8 rows by 16 bytes (PTX ISA, `wgmma` without swizzle): 8 rows
    further down lie `a` bytes further, the next 4 columns `b` bytes. Rows stand
    in a core matrix in the order 0, 4, 1, 5, 2, 6, 3, 7: a thread's two sums,
    which are of neighbours there, are of rows 4 apart, as it has the columns of
    a left factor (`#gdn.mma`).

    `interleaved`: of each 8 columns, 0, 4, 1, 5, 2, 6, 3, 7 stand one behind
    the other, so that a thread reads what belongs to its two columns of
    `#gdn.mma` at once.

    ```mlir
    func.func private @buffers(!gdn.shared<4x16x128xbf16, swizzle = 128>,
                               !gdn.shared<4x128xf32, interleaved>,
                               !gdn.shared<4x32x128xtf32, cores = [144, 576]>)
    ```
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape, "::mlir::Type":$elementType,
    DefaultValuedParameter<"int64_t", "0">:$swizzle,
    DefaultValuedParameter<"int64_t", "0">:$pitch,
    DefaultValuedParameter<"bool", "false">:$interleaved,
    OptionalArrayRefParameter<"int64_t">:$cores);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Rows of a core matrix, and its columns of tf32.
    static constexpr int64_t coreRows = 8, coreColumns = 4;

    int64_t getRank() const { return getShape().size(); }
    /// 4 for tf32, which is stored as f32.
    int64_t getElementBytes() const;
    /// Bytes from one row to the next, where there are no panels and no cores.
    int64_t getRowBytes() const;
    /// Bytes from one matrix to the next.
    int64_t getMatrixBytes() const;
    int64_t getNumBytes() const;
    /// Columns of a panel: all of them without a swizzle.
    int64_t getPanelColumns() const;
  }];
}

def Gdn_EventType : TypeDef<Gdn_Dialect, "Event"> {
  let mnemonic = "event";
  let summary = "what happens once in each use of a ring's places";
  let description = [{
    One `mbarrier` for each of `stages` places: use number u of the ring stands
    in place u % stages, and the event has happened in it after `arrivals`
    arrivals.
  }];
  let parameters = (ins "int64_t":$stages, "int64_t":$arrivals);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif // GDN_IR_GDNTILEATTRS_TD
