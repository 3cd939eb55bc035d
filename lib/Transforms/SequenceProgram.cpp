//===- SequenceProgram.cpp - The roles of a CTA for tensor cores ----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SequenceProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gdn;

static constexpr int64_t chunkSize = ChunkedScheduleAttr::chunkSize;
/// Rows that a product of pairs takes.
static constexpr int64_t halfChunk = chunkSize / 2;

SequenceProgram::SequenceProgram(ImplicitLocOpBuilder &builder,
                                 SequenceRuleOp op)
    : b(builder), op(op), schedule(op.getSchedule()), keys(op.getKeyChannels()),
      values(op.getValueChannels()), stages(schedule.getStages()),
      prepared(schedule.getPrepared()), teams(schedule.getPrepareTeams()),
      teamWarps(schedule.getTeamWarps()), ctas(schedule.getCluster()),
      element(getElementTypeOrSelf(op.getQuery().getType())),
      f32(builder.getF32Type()), tf32(builder.getTF32Type()) {}

void SequenceProgram::build() {
  tokens = memref::DimOp::create(b, op.getQuery(), 0);
  Value rounded = arith::AddIOp::create(b, tokens, index(chunkSize - 1));
  chunks = arith::DivUIOp::create(b, rounded, index(chunkSize));
  createEvents();
  allocateAll();
  if (ctas > 1) {
    Value number = gpu::BlockIdOp::create(b, gpu::Dimension::x);
    rank = arith::RemUIOp::create(b, number, index(ctas));
    ClusterBarrierOp::create(b);
  } else {
    gpu::BarrierOp::create(b);
  }
  Registers registers = getRegisters();
  buildRole("chain", 1, schedule.getChainWarps(), registers.chain,
            [&](Value) { buildChain(); });
  buildRole("prepare", teams, teamWarps, registers.prepare,
            [&](Value team) { buildPrepare(team); });
  if (registers.others) {
    int64_t first = nextWarp;
    buildRole("others", 1, teams + 2, registers.others, [&](Value) {
      nextWarp = first;
      buildOthers();
    });
  } else {
    buildOthers();
  }
  // Its memory is there as long as the other CTA may reach it.
  if (ctas > 1)
    ClusterBarrierOp::create(b);
}

/// Registers of a thread. Those of 12 warps, spread evenly, are enough for
/// each; of 16, those that prepare and the chain hold the most.
SequenceProgram::Registers SequenceProgram::getRegisters() const {
  if (!schedule.getWarpgroup() || schedule.getThreads() != 16 * 32)
    return {};
  if (schedule.getChainWarps() == 8)
    return {144, 120, 104};
  return {152, 144, 72};
}

void SequenceProgram::buildOthers() {
  buildRole("solve", teams, 1, {}, [&](Value team) { buildSolve(team); });
  buildRole("load", 1, 1, {}, [&](Value) { buildLoad(); });
  buildRole("store", 1, 1, {}, [&](Value) {
    forEachChunk([&](Value chunk) { buildStore(chunk); });
  });
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

Value SequenceProgram::allocate(SharedType buffer) {
  // What is copied 128 bytes at a time takes one pass only where it is aligned.
  sharedBytes = llvm::alignTo(sharedBytes, buffer.getSwizzle() ? 1024 : 128);
  Value value = SharedAllocOp::create(b, buffer, sharedBytes);
  sharedBytes += buffer.getNumBytes();
  return value;
}

Value SequenceProgram::allocate(ArrayRef<int64_t> shape, Type type) {
  return allocate(
      SharedType::get(b.getContext(), shape, type, 0, 0, false, {}));
}

/// Rows so long that the same columns of 8 of them lie in different banks.
static SharedType getPitched(ArrayRef<int64_t> shape, Type type) {
  int64_t bytes = shape.back() * type.getIntOrFloatBitWidth() / 8;
  return SharedType::get(type.getContext(), shape, type, 0, bytes + 16, false,
                         {});
}

/// A place for the tokens of an operand, T x channels or T, for each of `depth`
/// chunks.
Value SequenceProgram::allocateRows(Value operand, int64_t depth,
                                    int64_t swizzle) {
  if (!operand)
    return Value();
  auto type = llvm::cast<MemRefType>(operand.getType());
  SmallVector<int64_t> shape = {depth, chunkSize};
  if (type.getRank() == 1)
    return allocate(shape, type.getElementType());
  shape.push_back(type.getDimSize(1));
  Type stored = type.getElementType();
  // Short rows take a smaller swizzle.
  int64_t bytes = shape.back() * stored.getIntOrFloatBitWidth() / 8;
  while (swizzle && bytes % swizzle != 0)
    swizzle /= 2;
  return allocate(
      SharedType::get(b.getContext(), shape, stored, swizzle, 0, false, {}));
}

/// An operand of the chain for each chunk. 16 bytes lie between core matrices
/// that are stored to together along the columns, and rows of them begin 32
/// bytes later in the banks: what is stored together lies in different banks.
Value SequenceProgram::allocateCores(ArrayRef<int64_t> shape) {
  constexpr int64_t core = 128 + 16;
  int64_t row = shape.back() / SharedType::coreColumns * core;
  row = llvm::alignTo(row, 128) + 32;
  return allocate(
      SharedType::get(b.getContext(), shape, tf32, 0, 0, false, {row, core}));
}

Value SequenceProgram::createEvent(int64_t places, int64_t arrivals) {
  auto type = EventType::get(b.getContext(), places, arrivals);
  Value event = EventCreateOp::create(b, type, sharedBytes);
  sharedBytes += 8 * places;
  return event;
}

static bool isPerHead(Value gate) {
  return gate && llvm::cast<ShapedType>(gate.getType()).getRank() == 1;
}

void SequenceProgram::createEvents() {
  int64_t chainWarps = schedule.getChainWarps();
  // Each thread of the warp that loads arrives for its copies, and the warp
  // for scalars, which are not copied asynchronously.
  int64_t scalars = isPerHead(op.getDecay()) || isPerHead(op.getErase());
  operandsFull = createEvent(stages, 32 + scalars);
  operandsFree = createEvent(stages, teamWarps);
  valuesFull = createEvent(getValueStages(), 32 + isPerHead(op.getWrite()));
  outputsFull = createEvent(getValueStages(), chainWarps);
  valuesFree = createEvent(getValueStages(), 1);
  paired = createEvent(teams, teamWarps);
  pairsFree = createEvent(teams, 1);
  ready = createEvent(prepared, teamWarps + 1);
  // Of the places for a chunk's operands, those for chunks that are prepared
  // here, which all CTAs read.
  preparedFree = createEvent(prepared / ctas, chainWarps * ctas);
}

void SequenceProgram::allocateAll() {
  bool isNarrow = op.getDecay() && getElementTypeOrSelf(op.getDecay()) != f32;
  decay = allocateRows(op.getDecay(), stages, isNarrow ? 128 : 0);
  erase = allocateRows(op.getErase(), stages, 128);
  query = allocateRows(op.getQuery(), stages, 128);
  key = allocateRows(op.getKey(), stages, 128);
  value = allocateRows(op.getValue(), getValueStages(), 128);
  write = allocateRows(op.getWrite(), getValueStages(), 128);
  SmallVector<int64_t> parts = {teams * teamWarps, chunkSize, chunkSize};
  if (erase) {
    erasedParts = allocate(getPitched(parts, f32));
    erasedPairs = allocate(getPitched({teams, chunkSize, chunkSize}, f32));
  }
  scoreParts = allocate(getPitched(parts, f32));
  if (decay)
    gamma = allocate(SharedType::get(b.getContext(), {prepared, keys}, f32, 0,
                                     0, /*interleaved=*/true, {}));
  gated = allocateCores({prepared, erase ? 2 * chunkSize : chunkSize, keys});
  readers = allocateCores({prepared, chunkSize + keys, chunkSize});
  if (erase)
    inverse = allocateCores({prepared, chunkSize, chunkSize});
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

TileType SequenceProgram::getType(ArrayRef<int64_t> shape, Type type,
                                  TileLayoutInterface layout) {
  return TileType::get(b.getContext(), shape, type, layout);
}

/// 8 tokens x key channels, as those that prepare hold them.
TileType SequenceProgram::getTokensType(Type type) {
  return getType({halfChunk, keys}, type,
                 FactorLayoutAttr::get(b.getContext(), teamWarps));
}

/// Products of 8 tokens with 8, of each warp that prepares.
TileType SequenceProgram::getPairsType() {
  return getType({teamWarps, halfChunk, halfChunk}, f32,
                 PairsLayoutAttr::get(b.getContext(), teamWarps));
}

/// Value channels x `columns`, as the chain holds them.
TileType SequenceProgram::getChainType(int64_t columns, Type type) {
  auto layout =
      MmaLayoutAttr::get(b.getContext(), {schedule.getChainWarps(), 1});
  return getType({values, columns}, type, layout);
}

/// One number for each token of a chunk, in each half of a warp.
TileType SequenceProgram::getScalarsType(Type type) {
  auto halves =
      BlockedLayoutAttr::get(b.getContext(), {1, 1}, {2, chunkSize}, {1, 1});
  return getType({chunkSize}, type,
                 SliceLayoutAttr::get(b.getContext(), 0, halves));
}

Value SequenceProgram::index(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

static void buildIf(ImplicitLocOpBuilder &b, arith::CmpIPredicate predicate,
                    Value lhs, Value rhs, function_ref<void()> build) {
  Value condition = arith::CmpIOp::create(b, predicate, lhs, rhs);
  auto branch = scf::IfOp::create(b, condition);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&branch.getThenRegion().front());
  build();
}

/// The place of a use in a ring.
Value SequenceProgram::getSlot(Value use, int64_t depth) {
  return arith::RemUIOp::create(b, use, index(depth));
}

/// Chunk number `own` of those that this CTA prepares, in a cluster each second
/// one.
Value SequenceProgram::getChunk(Value own) {
  if (ctas == 1)
    return own;
  return arith::AddIOp::create(b, arith::MulIOp::create(b, own, index(ctas)),
                               rank);
}

/// The number of a chunk among those of the CTA that prepares it.
Value SequenceProgram::getOwn(Value chunk) {
  return ctas == 1 ? chunk
                   : arith::DivUIOp::create(b, chunk, index(ctas)).getResult();
}

/// Builds what is done for chunks that are prepared here.
void SequenceProgram::ifOwn(Value chunk, function_ref<void()> build) {
  if (ctas == 1)
    return build();
  buildIf(b, arith::CmpIPredicate::eq, getSlot(chunk, ctas), rank, build);
}

Value SequenceProgram::loadShared(Value buffer, ValueRange offsets,
                                  TileType type, bool isTransposed) {
  return SharedLoadOp::create(b, type, buffer, offsets, isTransposed);
}

void SequenceProgram::storeShared(Value tile, Value buffer, ValueRange offsets,
                                  bool isTransposed) {
  SharedStoreOp::create(b, tile, buffer, offsets, isTransposed);
}

Value SequenceProgram::cast(Value tile, Type type) {
  auto from = llvm::cast<TileType>(tile.getType());
  if (from.getElementType() == type)
    return tile;
  return TileCastOp::create(
      b, llvm::cast<TileType>(from.cloneWith(std::nullopt, type)), tile);
}

/// The product, in f32, of the factors that there are.
Value SequenceProgram::multiply(Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return cast(lhs ? lhs : rhs, f32);
  return arith::MulFOp::create(b, cast(lhs, f32), cast(rhs, f32));
}

Value SequenceProgram::splat(double value, TileType type) {
  Value scalar = arith::ConstantOp::create(
      b, b.getFloatAttr(type.getElementType(), value));
  return TileSplatOp::create(b, type, scalar);
}

/// Rows of an operand from token `first` of a chunk on.
Value SequenceProgram::loadTokens(Value buffer, Value slot, int64_t first) {
  Type type = llvm::cast<SharedType>(buffer.getType()).getElementType();
  return loadShared(buffer, {slot, index(first), index(0)},
                    getTokensType(type));
}

/// Gates of one number for each token, along dimension `tokenDim` of tiles of
/// `type`, in f32.
Value SequenceProgram::loadGate(Value buffer, ValueRange offsets, TileType type,
                                int64_t tokenDim) {
  int64_t other = 1 - tokenDim;
  auto layout = SliceLayoutAttr::get(b.getContext(), other, type.getLayout());
  Type stored = llvm::cast<SharedType>(buffer.getType()).getElementType();
  Value row = loadShared(buffer, offsets,
                         getType({type.getDimSize(tokenDim)}, stored, layout));
  return TileExpandOp::create(b, type, cast(row, f32), other);
}

Value SequenceProgram::product(Value lhs, Value rhs, Value slot, Value acc) {
  return TileMmaOp::create(b, acc.getType(), lhs, rhs, acc,
                           ValueRange{slot, index(0), index(0)},
                           schedule.getWarpgroup());
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

void SequenceProgram::buildRole(StringRef name, int64_t teamCount,
                                int64_t warpsOfTeam,
                                std::optional<int64_t> registers,
                                function_ref<void(Value)> buildBody) {
  auto role = WarpRoleOp::create(b, name, nextWarp, teamCount, warpsOfTeam,
                                 registers ? b.getI64IntegerAttr(*registers)
                                           : IntegerAttr());
  nextWarp += teamCount * warpsOfTeam;
  Block &body = role.getBody().emplaceBlock();
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&body);
  buildBody(body.addArgument(b.getIndexType(), b.getLoc()));
}

static void buildLoop(ImplicitLocOpBuilder &b, Value first, Value end,
                      Value step, function_ref<void(Value)> build) {
  auto loop = scf::ForOp::create(b, first, end, step);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  build(loop.getInductionVar());
}

void SequenceProgram::forEachChunk(Body build) {
  buildLoop(b, index(0), chunks, index(1), build);
}

/// Calls `build` with the number, among those that are prepared here, of each
/// chunk that is the turn of `team`.
void SequenceProgram::forEachOwn(Value team, Body build) {
  Value count = chunks;
  if (ctas > 1) {
    Value rounded = arith::AddIOp::create(b, chunks, index(ctas - 1));
    count = arith::DivUIOp::create(b, arith::SubIOp::create(b, rounded, rank),
                                   index(ctas));
  }
  buildLoop(b, team, count, index(teams), build);
}

/// Where chunk number `chunk` begins, and how many tokens it has: none behind
/// the last chunk.
SequenceProgram::Rows SequenceProgram::getRows(Value chunk) {
  Value row = arith::MulIOp::create(b, chunk, index(chunkSize));
  Value left = arith::SubIOp::create(b, tokens, row);
  left = arith::MaxSIOp::create(b, left, index(0));
  return {row, arith::MinSIOp::create(b, left, index(chunkSize))};
}

/// Operands go before values: these are wanted last, by the chain, and would
/// hold up the others where their ring is full. Gates of one number for each
/// token are in registers a chunk ahead: a copy to shared memory moves 4 bytes
/// or more, and they may have 2, rows apart.
void SequenceProgram::buildLoad() {
  Value lead = index(getLead());
  Sources operands = {{op.getDecay(), decay},
                      {op.getErase(), erase},
                      {op.getKey(), key},
                      {op.getQuery(), query}};
  Sources written = {{op.getWrite(), write}, {op.getValue(), value}};
  SmallVector<Value> buffers;
  // Those of the next chunk.
  auto loadScalars = [&](Value chunk, Value late) {
    SmallVector<Value> scalars;
    buffers.clear();
    for (auto [list, at] : {std::pair(&operands, chunk), {&written, late}})
      for (auto [gate, buffer] : *list)
        if (isPerHead(gate)) {
          Rows rows = getRows(at);
          buffers.push_back(buffer);
          scalars.push_back(LoadScalarsOp::create(
              b, getScalarsType(getElementTypeOrSelf(gate)), gate, rows.first,
              rows.count));
        }
    return scalars;
  };
  Value steps = arith::AddIOp::create(b, chunks, lead);
  auto loop = scf::ForOp::create(b, index(0), steps, index(1),
                                 loadScalars(index(0), index(0)));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value chunk = loop.getInductionVar();
  Value late = arith::SubIOp::create(b, chunk, lead);
  auto getNext = [&](Value chunk) -> Value {
    return arith::AddIOp::create(b, chunk, index(1));
  };
  SmallVector<Value> next = loadScalars(
      getNext(chunk), arith::MaxSIOp::create(b, getNext(late), index(0)));
  auto getScalars = [&](Value buffer) -> Value {
    auto *it = llvm::find(buffers, buffer);
    return it == buffers.end() ? Value()
                               : loop.getRegionIterArg(it - buffers.begin());
  };
  buildIf(b, arith::CmpIPredicate::slt, chunk, chunks, [&] {
    ifOwn(chunk, [&] {
      Value own = getOwn(chunk);
      EventWaitOp::create(b, operandsFree, own, /*previous=*/true);
      fill(operandsFull, own, stages, getRows(chunk), operands, getScalars);
    });
  });
  buildIf(b, arith::CmpIPredicate::sge, chunk, lead, [&] {
    EventWaitOp::create(b, valuesFree, late, /*previous=*/true);
    fill(valuesFull, late, getValueStages(), getRows(late), written,
         getScalars);
  });
  if (!next.empty())
    scf::YieldOp::create(b, next);
}

/// Starts copies to the place of use number `use`; stores those of `getScalars`
/// that there are.
void SequenceProgram::fill(Value event, Value use, int64_t depth, Rows rows,
                           const Sources &sources, GetScalars getScalars) {
  Value slot = getSlot(use, depth);
  bool hasScalars = false;
  for (auto [from, to] : sources) {
    if (!from)
      continue;
    if (Value scalars = getScalars(to)) {
      storeShared(scalars, to, {slot, index(0)});
      hasScalars = true;
    } else {
      CopyInOp::create(b, from, rows.first, rows.count, to, slot);
    }
  }
  EventArriveOp::create(b, event, use, /*copies=*/true);
  if (hasScalars)
    EventArriveOp::create(b, event, use);
}

void SequenceProgram::buildPrepare(Value team) {
  forEachOwn(team, [&](Value own) {
    Value slot = getSlot(own, stages);
    EventWaitOp::create(b, operandsFull, own, /*previous=*/false);
    Operands halves[2];
    Pairs pairs[3];
    for (int64_t half : {0, 1}) {
      int64_t first = half * halfChunk;
      halves[half] = loadOperands(slot, first);
      pairs[half] = joinBlocks(halves[half], multiplyOwn(slot, first));
    }
    EventArriveOp::create(b, operandsFree, own);
    pairs[2] = multiplyPairs(halves[1], halves[0]);
    joinHalves(halves[0], halves[1]);
    EventWaitOp::create(b, pairsFree, own, /*previous=*/true);
    storePairs(pairs[0], team, 0, 0);
    storePairs(pairs[1], team, halfChunk, halfChunk);
    storePairs(pairs[2], team, halfChunk, 0);
    EventArriveOp::create(b, paired, own);
    EventWaitOp::create(b, preparedFree, own, /*previous=*/true);
    Value chunk = getChunk(own);
    for (int64_t half : {0, 1})
      storeOperands(halves[half], getSlot(chunk, prepared), half * halfChunk);
    arriveReady(chunk);
  });
}

/// A token's own decay is on its row already: it comes before the token reads.
SequenceProgram::Operands SequenceProgram::loadOperands(Value slot,
                                                        int64_t first) {
  auto load = [&](Value gate, Value buffer) {
    return isPerHead(gate)
               ? loadGate(buffer, {slot, index(first)}, getTokensType(f32), 0)
               : cast(loadTokens(buffer, slot, first), f32);
  };
  Operands some;
  some.keys = cast(loadTokens(key, slot, first), f32);
  some.queries = cast(loadTokens(query, slot, first), f32);
  if (erase)
    some.erased = multiply(load(op.getErase(), erase), some.keys);
  if (!decay)
    return some;
  Value log = load(op.getDecay(), decay);
  Value log2 = arith::MulFOp::create(
      b, log, splat(llvm::numbers::log2e, llvm::cast<TileType>(log.getType())));
  some.totals = math::Exp2Op::create(b, log2, arith::FastMathFlags::afn);
  some.queries = multiply(some.totals, some.queries);
  if (erase)
    some.erased = multiply(some.totals, some.erased);
  return some;
}

/// Products of each query with the key of its own token, and else 0.
Value SequenceProgram::multiplyOwn(Value slot, int64_t first) {
  auto products = TilePairMmaOp::create(
      b, TypeRange(getPairsType()), ValueRange(loadTokens(query, slot, first)),
      loadTokens(key, slot, first));
  return TileSelectPairsOp::create(b, products.getResult(0),
                                   splat(0.0, getPairsType()), /*block=*/0);
}

/// Erased keys and queries of some tokens meet keys of earlier ones. f16 has
/// the digits that near-duplicate keys take, and bf16 has not.
SequenceProgram::Pairs SequenceProgram::multiplyPairs(const Operands &later,
                                                      const Operands &earlier) {
  SmallVector<Value> lhs;
  if (erase)
    lhs.push_back(cast(later.erased, b.getF16Type()));
  lhs.push_back(cast(later.queries, b.getF16Type()));
  SmallVector<Type> types(lhs.size(), getPairsType());
  auto products =
      TilePairMmaOp::create(b, types, lhs, cast(earlier.keys, b.getF16Type()));
  return {erase ? products.getResult(0) : Value(),
          products.getResults().back()};
}

/// Products of 8 tokens with earlier ones: those that blocks of 1, 2 and 4
/// tokens join two by two.
SequenceProgram::Pairs SequenceProgram::joinBlocks(Operands &some, Value own) {
  Pairs pairs = {splat(0.0, getPairsType()), own};
  for (int64_t block = 1; block < halfChunk; block *= 2) {
    Pairs joined = multiplyPairs(some, some);
    if (erase)
      pairs.erased =
          TileSelectPairsOp::create(b, joined.erased, pairs.erased, block);
    pairs.scores =
        TileSelectPairsOp::create(b, joined.scores, pairs.scores, block);
    decayBlocks(some, block);
  }
  return pairs;
}

/// Decays within blocks become those within blocks of twice the size.
void SequenceProgram::decayBlocks(Operands &some, int64_t block) {
  if (!decay)
    return;
  Value neighbours = TileSwapBlocksOp::create(b, some.totals, block);
  auto decayHalf = [&](Value &tile, bool isUpper) {
    if (tile)
      tile = TileDecayHalfOp::create(b, tile.getType(), tile, neighbours, block,
                                     isUpper);
  };
  decayHalf(some.erased, true);
  decayHalf(some.queries, true);
  decayHalf(some.keys, false);
  some.totals = multiply(some.totals, neighbours);
}

/// The same for the two halves of a chunk, blocks of 8 tokens: the total of a
/// block is in each of its rows.
void SequenceProgram::joinHalves(Operands &earlier, Operands &later) {
  if (!decay)
    return;
  if (erase)
    later.erased = multiply(later.erased, earlier.totals);
  later.queries = multiply(later.queries, earlier.totals);
  earlier.keys = multiply(earlier.keys, later.totals);
  earlier.totals = multiply(earlier.totals, later.totals);
  later.totals = Value();
}

void SequenceProgram::storePairs(const Pairs &pairs, Value team, int64_t row,
                                 int64_t column) {
  Value first = arith::MulIOp::create(b, team, index(teamWarps));
  Value offsets[] = {first, index(row), index(column)};
  if (erase)
    storeShared(pairs.erased, erasedParts, offsets);
  storeShared(pairs.scores, scoreParts, offsets);
}

void SequenceProgram::storeOperands(const Operands &some, Value slot,
                                    int64_t first) {
  auto store = [&](Value tile, int64_t row) {
    storeShared(cast(tile, tf32), gated, {slot, index(row + first), index(0)});
  };
  if (erase)
    store(some.erased, 0);
  store(some.queries, erase ? chunkSize : 0);
  storeShared(cast(some.keys, tf32), readers,
              {slot, index(chunkSize), index(first)}, /*isTransposed=*/true);
  if (!some.totals)
    return;
  auto layout = llvm::cast<TileType>(some.totals.getType()).getLayout();
  auto type =
      getType({keys}, f32, SliceLayoutAttr::get(b.getContext(), 0, layout));
  storeShared(TileCommonRowOp::create(b, type, some.totals), gamma,
              {slot, index(0)});
}

/// The rows of pairs in the warp that solves.
static BlockedLayoutAttr getSolveLayout(MLIRContext *context) {
  return BlockedLayoutAttr::get(context, {2, 4}, {8, 4}, {1, 1});
}

void SequenceProgram::buildSolve(Value team) {
  // No earlier token meets a later one: that stays 0.
  Value none = splat(0.0, getType({halfChunk, halfChunk}, f32,
                                  BlockedLayoutAttr::get(b.getContext(), {1, 2},
                                                         {8, 4}, {1, 1})));
  Value first = arith::MulIOp::create(b, team, index(teamWarps));
  for (Value parts : {erasedParts, scoreParts})
    for (int64_t warp = 0; parts && warp < teamWarps; ++warp)
      storeShared(none, parts,
                  {arith::AddIOp::create(b, first, index(warp)), index(0),
                   index(halfChunk)});
  WarpBarrierOp::create(b);
  forEachOwn(team, [&](Value own) {
    solveChunk(team, own);
    if (ctas > 1)
      send(getChunk(own));
  });
}

/// The products of a team, over all key channels.
Value SequenceProgram::sumPairs(Value parts, Value team) {
  TileType type =
      getType({chunkSize, chunkSize}, f32, getSolveLayout(b.getContext()));
  Value first = arith::MulIOp::create(b, team, index(teamWarps)), sum;
  for (int64_t warp = 0; warp < teamWarps; ++warp) {
    Value part = loadShared(
        parts,
        {arith::AddIOp::create(b, first, index(warp)), index(0), index(0)},
        type);
    sum = sum ? arith::AddFOp::create(b, sum, part) : part;
  }
  return sum;
}

void SequenceProgram::solveChunk(Value team, Value own) {
  EventWaitOp::create(b, paired, own, /*previous=*/false);
  Value scored = sumPairs(scoreParts, team), solved;
  if (erase)
    storeShared(sumPairs(erasedParts, team), erasedPairs,
                {team, index(0), index(0)}, /*isTransposed=*/true);
  EventArriveOp::create(b, pairsFree, own);
  Value chunk = getChunk(own), slot = getSlot(chunk, prepared);
  if (erase) {
    WarpBarrierOp::create(b);
    // Two lanes share a column.
    auto columns = BlockedLayoutAttr::get(b.getContext(), {chunkSize / 2, 1},
                                          {2, chunkSize}, {1, 1});
    solved = TileUnitInverseOp::create(
        b, getType({chunkSize, chunkSize}, f32, columns), erasedPairs, team);
  }
  EventWaitOp::create(b, preparedFree, own, /*previous=*/true);
  storeShared(cast(scored, tf32), readers, {slot, index(0), index(0)});
  if (erase)
    storeShared(cast(solved, tf32), inverse, {slot, index(0), index(0)});
  arriveReady(chunk);
}

/// Operands of the chain have been stored.
void SequenceProgram::arriveReady(Value chunk) {
  if (schedule.getWarpgroup() || ctas > 1)
    ProxyFenceOp::create(b);
  EventArriveOp::create(b, ready, chunk);
}

/// The operands of a chunk go to the other CTA once all are there. Its place is
/// free: both chains have said so before anything was stored here.
void SequenceProgram::send(Value chunk) {
  EventWaitOp::create(b, ready, chunk, /*previous=*/false);
  SmallVector<Value> sources;
  for (Value buffer : {gated, readers, inverse, gamma})
    if (buffer)
      sources.push_back(buffer);
  Value other = arith::SubIOp::create(b, index(1), rank);
  SharedSendOp::create(b, sources, getSlot(chunk, prepared), other, ready,
                       chunk);
}

//===----------------------------------------------------------------------===//
// The chain
//===----------------------------------------------------------------------===//

/// A K x V state in memory as the chain holds it, V x K.
static Value transpose(ImplicitLocOpBuilder &b, Value state) {
  AffineMap swap =
      AffineMap::getPermutationMap(ArrayRef<unsigned>{1, 0}, b.getContext());
  return memref::TransposeOp::create(b, state, AffineMapAttr::get(swap));
}

void SequenceProgram::buildChain() {
  TileType type = getChainType(keys, f32);
  Value state = splat(0.0, type);
  SmallVector<Value> begin = {index(0), index(0)};
  if (Value initial = op.getInitialState())
    state = TileLoadOp::create(b, type, transpose(b, initial), begin);
  auto loop = scf::ForOp::create(b, index(0), chunks, index(1), state);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value next = chainChunk(loop.getInductionVar(), loop.getRegionIterArg(0));
    scf::YieldOp::create(b, next);
  }
  if (Value final = op.getFinalState())
    TileStoreOp::create(b, /*result=*/Type(), loop.getResult(0),
                        transpose(b, final), begin);
}

/// What the chunk writes, not yet erased; in f32.
Value SequenceProgram::loadWritten(Value slot) {
  TileType type = getChainType(chunkSize, f32);
  auto load = [&](Value buffer) {
    Type stored = llvm::cast<SharedType>(buffer.getType()).getElementType();
    return loadShared(buffer, {slot, index(0), index(0)},
                      getChainType(chunkSize, stored), /*isTransposed=*/true);
  };
  Value gate = op.getWrite();
  if (!gate)
    return cast(load(value), f32);
  Value factor = isPerHead(gate) ? loadGate(write, {slot, index(0)}, type, 1)
                                 : load(write);
  return multiply(factor, load(value));
}

/// The state, decayed over the chunk.
Value SequenceProgram::decayState(Value state, Value slot) {
  if (!decay)
    return state;
  auto type = llvm::cast<TileType>(state.getType());
  auto layout = SliceLayoutAttr::get(b.getContext(), 0, type.getLayout());
  Value factors =
      loadShared(gamma, {slot, index(0)}, getType({keys}, f32, layout));
  return multiply(TileExpandOp::create(b, type, factors, 0), state);
}

/// One chunk (x, R, O and S' of the chunkwise form, transposed). Values are
/// loaded while the first product goes on; the state, which is where products
/// write, rests until it has ended.
Value SequenceProgram::chainChunk(Value chunk, Value state) {
  Value slot = getSlot(chunk, prepared);
  TileType type = getChainType(chunkSize, f32);
  EventWaitOp::create(b, valuesFull, chunk, /*previous=*/false);
  EventWaitOp::create(b, ready, chunk, /*previous=*/false);
  int64_t rows = erase ? 2 * chunkSize : chunkSize;
  Value read = product(cast(state, tf32), gated, slot,
                       splat(0.0, getChainType(rows, f32)));
  Value place = getSlot(chunk, getValueStages());
  Value written = loadWritten(place), output = read;
  if (erase) {
    Value erased = TileColumnsOp::create(b, type, read, 0);
    output = TileColumnsOp::create(b, type, read, chunkSize);
    written = arith::SubFOp::create(b, written, erased);
  }
  state = decayState(state, slot);
  if (erase)
    written = product(cast(written, tf32), inverse, slot, written);
  Value operand = cast(written, tf32);
  Value sums = TileJoinOp::create(b, getChainType(chunkSize + keys, f32),
                                  splat(0.0, type), state);
  sums = product(operand, readers, slot, sums);
  Value added = TileColumnsOp::create(b, type, sums, 0);
  state = TileColumnsOp::create(b, getChainType(keys, f32), sums, chunkSize);
  // The CTA that prepared it waits for both.
  EventArriveOp::create(b, preparedFree, getOwn(chunk), /*copies=*/false,
                        ctas > 1 ? getSlot(chunk, ctas) : Value());

  // Outputs take the place of the values.
  output = multiply(splat(op.getScale().convertToFloat(), type),
                    arith::AddFOp::create(b, output, added));
  storeShared(cast(output, element), value, {place, index(0), index(0)},
              /*isTransposed=*/true);
  EventArriveOp::create(b, outputsFull, chunk);
  return state;
}

void SequenceProgram::buildStore(Value chunk) {
  Rows rows = getRows(chunk);
  EventWaitOp::create(b, outputsFull, chunk, /*previous=*/false);
  CopyOutOp::create(b, value, getSlot(chunk, getValueStages()), op.getOutput(),
                    rows.first, rows.count);
  EventArriveOp::create(b, valuesFree, chunk);
}
