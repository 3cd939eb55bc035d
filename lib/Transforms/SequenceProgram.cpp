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
static constexpr int64_t teamWarps = ChunkedScheduleAttr::teamWarps;
/// Blocks of tokens are joined two by two, as often as it takes.
static constexpr int64_t levels = llvm::ConstantLog2<chunkSize>();

SequenceProgram::SequenceProgram(ImplicitLocOpBuilder &builder,
                                 SequenceRuleOp op)
    : b(builder), op(op), schedule(op.getSchedule()), keys(op.getKeyChannels()),
      values(op.getValueChannels()), stages(schedule.getStages()),
      prepared(schedule.getPrepared()), teams(schedule.getPrepareTeams()),
      element(getElementTypeOrSelf(op.getQuery().getType())),
      f32(builder.getF32Type()), tf32(builder.getTF32Type()) {}

void SequenceProgram::build() {
  tokens = memref::DimOp::create(b, op.getQuery(), 0);
  Value rounded = arith::AddIOp::create(b, tokens, index(chunkSize - 1));
  chunks = arith::DivUIOp::create(b, rounded, index(chunkSize));
  createEvents();
  allocateAll();
  gpu::BarrierOp::create(b);
  Registers registers = getRegisters();
  buildRole("chain", 1, schedule.getChainWarps(), registers.chain,
            [&](Value) { buildChain(); });
  buildRole("prepare", teams, teamWarps, registers.prepare,
            [&](Value team) { buildPrepare(team); });
  if (!registers.others)
    return buildOthers();
  int64_t first = nextWarp;
  buildRole("others", 1, teams + 2, registers.others, [&](Value) {
    nextWarp = first;
    buildOthers();
  });
}

/// Registers of a thread. Those of 12 warps, spread evenly, are enough for
/// each; of 16, the ones that prepare hold the most of a chunk.
SequenceProgram::Registers SequenceProgram::getRegisters() const {
  if (!schedule.getWarpgroup() || schedule.getChainWarps() != 8 || teams != 2)
    return {};
  return {144, 120, 104};
}

void SequenceProgram::buildOthers() {
  buildRole("solve", teams, 1, {}, [&](Value team) { buildSolve(team); });
  buildRole("load", 1, 1, {}, [&](Value) { buildLoad(); });
  buildRole("store", 1, 1, {}, [&](Value) {
    forEachChunk(index(0), 1, [&](Value chunk) { buildStore(chunk); });
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
  // Of each, those that prepare and the one that solves.
  operandsFree = createEvent(stages, teamWarps + 1);
  valuesFull = createEvent(stages, 32 + isPerHead(op.getWrite()));
  outputsFull = createEvent(stages, chainWarps);
  valuesFree = createEvent(stages, 1);
  paired = createEvent(teams, teamWarps);
  pairsFree = createEvent(teams, 1);
  ready = createEvent(prepared, teamWarps + 1);
  preparedFree = createEvent(prepared, chainWarps);
}

void SequenceProgram::allocateAll() {
  decay = allocateRows(op.getDecay(), stages, /*swizzle=*/0);
  erase = allocateRows(op.getErase(), stages, 128);
  query = allocateRows(op.getQuery(), stages, 128);
  key = allocateRows(op.getKey(), stages, 128);
  value = allocateRows(op.getValue(), stages, 128);
  write = allocateRows(op.getWrite(), stages, 128);
  // Factors for blocks of 1, 2, 4 and 8 tokens.
  Type f16 = b.getF16Type();
  // f16 has the digits that near-duplicate keys take, and bf16 has not.
  pairRows = allocate(getPitched(
      {teams * levels, erase ? chunkSize : chunkSize / 2, keys}, f16));
  pairColumns =
      allocate(getPitched({teams * levels, chunkSize / 2, keys}, f16));
  if (erase)
    erasedPairs = allocate(getPitched({teams, chunkSize, chunkSize}, f32));
  scorePairs = allocate(getPitched({teams, chunkSize, chunkSize}, f32));
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

/// `rows` tokens x key channels, as those that prepare hold them: each thread
/// all tokens of one or two channels.
TileType SequenceProgram::getTokensType(int64_t rows, Type type) {
  int64_t perLane = keys / (32 * teamWarps);
  return getType({rows, keys}, type,
                 BlockedLayoutAttr::get(b.getContext(), {1, perLane}, {1, 32},
                                        {1, teamWarps}));
}

/// Products of `rows` with `columns` tokens, in the warp that solves.
TileType SequenceProgram::getPairsType(int64_t rows, int64_t columns) {
  return getType(
      {1, rows, columns}, f32,
      BlockedLayoutAttr::get(b.getContext(), {1, 1, 2}, {1, 8, 4}, {1, 1, 1}));
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

/// The place of a chunk in a ring.
Value SequenceProgram::getSlot(Value chunk, int64_t depth) {
  return arith::RemUIOp::create(b, chunk, index(depth));
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

/// A chunk's rows of an operand, in f32.
Value SequenceProgram::loadTokens(Value buffer, Value slot) {
  Type type = llvm::cast<SharedType>(buffer.getType()).getElementType();
  return cast(loadShared(buffer, {slot, index(0), index(0)},
                         getTokensType(chunkSize, type)),
              f32);
}

/// A chunk's gates of one number for each token, along dimension `tokenDim` of
/// tiles of `type`, in f32.
Value SequenceProgram::loadGate(Value buffer, Value slot, TileType type,
                                int64_t tokenDim) {
  int64_t other = 1 - tokenDim;
  auto layout = SliceLayoutAttr::get(b.getContext(), other, type.getLayout());
  Type stored = llvm::cast<SharedType>(buffer.getType()).getElementType();
  Value row = loadShared(buffer, {slot, index(0)},
                         getType({chunkSize}, stored, layout));
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

/// From chunk number `first` on, each `step`-th.
void SequenceProgram::forEachChunk(Value first, int64_t step, Body build) {
  auto loop = scf::ForOp::create(b, first, chunks, index(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  build(loop.getInductionVar());
}

/// Where chunk number `chunk` begins, and how many tokens it has: none behind
/// the last chunk.
SequenceProgram::Rows SequenceProgram::getRows(Value chunk) {
  Value row = arith::MulIOp::create(b, chunk, index(chunkSize));
  Value left = arith::SubIOp::create(b, tokens, row);
  left = arith::MaxSIOp::create(b, left, index(0));
  return {row, arith::MinSIOp::create(b, left, index(chunkSize))};
}

/// Gates of one number for each token are in registers a chunk ahead: a copy to
/// shared memory moves 4 bytes or more, and they may have 2, rows apart.
void SequenceProgram::buildLoad() {
  SmallVector<std::pair<Value, Value>> scalars;
  for (auto [gate, buffer] : {std::pair(op.getDecay(), decay),
                              {op.getErase(), erase},
                              {op.getWrite(), write}})
    if (isPerHead(gate))
      scalars.emplace_back(gate, buffer);
  auto loadScalars = [&](Value chunk) {
    Rows rows = getRows(chunk);
    return llvm::map_to_vector(scalars, [&](auto scalar) -> Value {
      return LoadScalarsOp::create(
          b, getScalarsType(getElementTypeOrSelf(scalar.first)), scalar.first,
          rows.first, rows.count);
    });
  };
  auto loop =
      scf::ForOp::create(b, index(0), chunks, index(1), loadScalars(index(0)));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value chunk = loop.getInductionVar();
  SmallVector<Value> next =
      loadScalars(arith::AddIOp::create(b, chunk, index(1)));
  loadChunk(chunk, [&](Value buffer) -> Value {
    auto *it = llvm::find_if(
        scalars, [&](auto scalar) { return scalar.second == buffer; });
    return it == scalars.end() ? Value()
                               : loop.getRegionIterArg(it - scalars.begin());
  });
  if (!scalars.empty())
    scf::YieldOp::create(b, next);
}

/// Starts the copies of a chunk; stores those of `getScalars` that there are.
void SequenceProgram::loadChunk(Value chunk,
                                function_ref<Value(Value)> getScalars) {
  Rows rows = getRows(chunk);
  Value slot = getSlot(chunk, stages);
  auto fill = [&](Value event, ArrayRef<std::pair<Value, Value>> operands) {
    bool hasScalars = false;
    for (auto [from, to] : operands) {
      if (!from)
        continue;
      if (Value scalars = getScalars(to)) {
        storeShared(scalars, to, {slot, index(0)});
        hasScalars = true;
      } else {
        CopyInOp::create(b, from, rows.first, rows.count, to, slot);
      }
    }
    EventArriveOp::create(b, event, chunk, /*copies=*/true);
    if (hasScalars)
      EventArriveOp::create(b, event, chunk, /*copies=*/false);
  };
  EventWaitOp::create(b, operandsFree, chunk, /*previous=*/true);
  fill(operandsFull, {{op.getDecay(), decay},
                      {op.getErase(), erase},
                      {op.getKey(), key},
                      {op.getQuery(), query}});
  EventWaitOp::create(b, valuesFree, chunk, /*previous=*/true);
  fill(valuesFull, {{op.getWrite(), write}, {op.getValue(), value}});
}

void SequenceProgram::buildPrepare(Value team) {
  forEachChunk(team, teams, [&](Value chunk) {
    EventWaitOp::create(b, operandsFull, chunk, /*previous=*/false);
    Operands some = loadOperands(getSlot(chunk, stages));
    EventArriveOp::create(b, operandsFree, chunk, /*copies=*/false);
    EventWaitOp::create(b, pairsFree, chunk, /*previous=*/true);
    for (int64_t level = 0; level < levels; ++level) {
      storeFactors(some, level, team);
      decayBlocks(some, 1 << level);
    }
    EventArriveOp::create(b, paired, chunk, /*copies=*/false);
    EventWaitOp::create(b, preparedFree, chunk, /*previous=*/true);
    storeOperands(some, getSlot(chunk, prepared));
    arriveReady(chunk);
  });
}

/// A token's own decay is on its row already: it comes before the token reads.
SequenceProgram::Operands SequenceProgram::loadOperands(Value slot) {
  auto load = [&](Value gate, Value buffer) {
    if (!gate)
      return Value();
    return isPerHead(gate)
               ? loadGate(buffer, slot, getTokensType(chunkSize, f32), 0)
               : loadTokens(buffer, slot);
  };
  Operands some;
  some.keys = loadTokens(key, slot);
  some.queries = loadTokens(query, slot);
  some.erased =
      erase ? multiply(load(op.getErase(), erase), some.keys) : Value();
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

static Value half(ImplicitLocOpBuilder &b, Value tile, int64_t block,
                  bool isUpper) {
  auto type = llvm::cast<TileType>(tile.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[shape.size() - 2] /= 2;
  return TileHalfOp::create(
      b, llvm::cast<TileType>(type.cloneWith(shape, type.getElementType())),
      tile, block, isUpper);
}

/// Where the factors for blocks of a size stand.
Value SequenceProgram::getPlace(Value team, int64_t level) {
  return arith::AddIOp::create(b, arith::MulIOp::create(b, team, index(levels)),
                               index(level));
}

/// Of each two blocks, the erased keys and queries of the second one, and the
/// keys of the first one.
void SequenceProgram::storeFactors(const Operands &some, int64_t level,
                                   Value team) {
  Value place = getPlace(team, level);
  auto store = [&](Value tile, Value buffer, int64_t row, bool isUpper) {
    Value rows = half(b, tile, 1 << level, isUpper);
    storeShared(cast(rows, b.getF16Type()), buffer,
                {place, index(row), index(0)});
  };
  if (erase)
    store(some.erased, pairRows, 0, true);
  store(some.queries, pairRows, erase ? chunkSize / 2 : 0, true);
  store(some.keys, pairColumns, 0, false);
}

/// Decays within blocks become those within blocks of twice the size.
void SequenceProgram::decayBlocks(Operands &some, int64_t block) {
  if (!decay)
    return;
  auto decayHalf = [&](Value &tile, bool isUpper) {
    if (tile)
      tile = TileDecayHalfOp::create(b, tile.getType(), tile, some.totals,
                                     block, isUpper);
  };
  decayHalf(some.erased, true);
  decayHalf(some.queries, true);
  decayHalf(some.keys, false);
  some.totals =
      multiply(half(b, some.totals, 1, false), half(b, some.totals, 1, true));
}

void SequenceProgram::storeOperands(const Operands &some, Value slot) {
  auto store = [&](Value tile, int64_t row) {
    storeShared(cast(tile, tf32), gated, {slot, index(row), index(0)});
  };
  if (erase)
    store(some.erased, 0);
  store(some.queries, erase ? chunkSize : 0);
  storeShared(cast(some.keys, tf32), readers,
              {slot, index(chunkSize), index(0)}, /*isTransposed=*/true);
  if (decay)
    storeShared(some.totals, gamma, {slot, index(0)});
}

void SequenceProgram::buildSolve(Value team) {
  // What no block joins stays 0.
  Value none = splat(0.0, getPairsType(chunkSize, chunkSize));
  for (Value pairs : {erasedPairs, scorePairs})
    if (pairs)
      storeShared(none, pairs, {team, index(0), index(0)});
  WarpBarrierOp::create(b);
  forEachChunk(team, teams, [&](Value chunk) { solveChunk(team, chunk); });
}

/// Products of tokens with earlier ones: each with itself, then those that
/// blocks of each size join.
void SequenceProgram::multiplyPairs(Value team, Value chunk) {
  Value slot = getSlot(chunk, stages);
  EventWaitOp::create(b, operandsFull, chunk, /*previous=*/false);
  SmallVector<Value> begin = {slot, index(0), index(0)};
  Value own = TilePairMmaOp::create(b, getPairsType(chunkSize, chunkSize),
                                    query, begin, key, begin);
  SharedStorePairsOp::create(b, own, scorePairs, team, 0);
  EventArriveOp::create(b, operandsFree, chunk, /*copies=*/false);
  EventWaitOp::create(b, paired, chunk, /*previous=*/false);
  SmallVector<Value> joined;
  for (int64_t level = 0; level < levels; ++level) {
    begin[0] = getPlace(team, level);
    joined.push_back(TilePairMmaOp::create(
        b, getPairsType(erase ? chunkSize : chunkSize / 2, chunkSize / 2),
        pairRows, begin, pairColumns, begin));
  }
  EventArriveOp::create(b, pairsFree, chunk, /*copies=*/false);
  for (auto [level, products] : llvm::enumerate(joined)) {
    Value scores = products;
    if (erase) {
      SharedStorePairsOp::create(b, half(b, products, chunkSize / 2, false),
                                 erasedPairs, team, 1 << level);
      scores = half(b, products, chunkSize / 2, true);
    }
    SharedStorePairsOp::create(b, scores, scorePairs, team, 1 << level);
  }
  WarpBarrierOp::create(b);
}

void SequenceProgram::solveChunk(Value team, Value chunk) {
  multiplyPairs(team, chunk);
  Value slot = getSlot(chunk, prepared), solved;
  auto rows = BlockedLayoutAttr::get(b.getContext(), {2, 4}, {8, 4}, {1, 1});
  Value scored = loadShared(scorePairs, {team, index(0), index(0)},
                            getType({chunkSize, chunkSize}, f32, rows));
  if (erase) {
    // Two lanes share a column.
    auto columns = BlockedLayoutAttr::get(b.getContext(), {chunkSize / 2, 1},
                                          {2, chunkSize}, {1, 1});
    solved = TileUnitInverseOp::create(
        b, getType({chunkSize, chunkSize}, f32, columns), erasedPairs, team);
  }
  EventWaitOp::create(b, preparedFree, chunk, /*previous=*/true);
  storeShared(cast(scored, tf32), readers, {slot, index(0), index(0)});
  if (erase)
    storeShared(cast(solved, tf32), inverse, {slot, index(0), index(0)});
  arriveReady(chunk);
}

/// Operands of the chain have been stored.
void SequenceProgram::arriveReady(Value chunk) {
  if (schedule.getWarpgroup())
    ProxyFenceOp::create(b);
  EventArriveOp::create(b, ready, chunk, /*copies=*/false);
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
  Value factor = isPerHead(gate) ? loadGate(write, slot, type, 1) : load(write);
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
  Value place = getSlot(chunk, stages);
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
  EventArriveOp::create(b, preparedFree, chunk, /*copies=*/false);

  // Outputs take the place of the values.
  output = multiply(splat(op.getScale().convertToFloat(), type),
                    arith::AddFOp::create(b, output, added));
  storeShared(cast(output, element), value, {place, index(0), index(0)},
              /*isTransposed=*/true);
  EventArriveOp::create(b, outputsFull, chunk, /*copies=*/false);
  return state;
}

void SequenceProgram::buildStore(Value chunk) {
  Rows rows = getRows(chunk);
  EventWaitOp::create(b, outputsFull, chunk, /*previous=*/false);
  CopyOutOp::create(b, value, getSlot(chunk, stages), op.getOutput(),
                    rows.first, rows.count);
  EventArriveOp::create(b, valuesFree, chunk, /*copies=*/false);
}
