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

using namespace mlir;
using namespace gdn;

static constexpr int64_t chunkSize = ChunkedScheduleAttr::chunkSize;
static constexpr int64_t teamWarps = ChunkedScheduleAttr::teamWarps;
/// Blocks of a chunk are halved so many times: 8, 4, 2, 1 rows.
static constexpr int64_t numLevels = 4;

SequenceProgram::SequenceProgram(ImplicitLocOpBuilder &builder,
                                 SequenceRuleOp op)
    : b(builder), op(op), schedule(op.getSchedule()), keys(op.getKeyChannels()),
      values(op.getValueChannels()), stages(schedule.getStages()),
      element(getElementTypeOrSelf(op.getQuery().getType())),
      f16(builder.getF16Type()), f32(builder.getF32Type()) {}

void SequenceProgram::build() {
  tokens = memref::DimOp::create(b, op.getQuery(), 0);
  Value rounded = arith::AddIOp::create(
      b, tokens, arith::ConstantIndexOp::create(b, chunkSize - 1));
  chunks = arith::DivUIOp::create(b, rounded,
                                  arith::ConstantIndexOp::create(b, chunkSize));
  allocateAll();
  gpu::BarrierOp::create(b);
  buildRole("chain", 1, schedule.getChainWarps(), [&](Value) { buildChain(); });
  buildRole("prepare", schedule.getPrepareTeams(), teamWarps,
            [&](Value team) { buildPrepare(team); });
  if (erase)
    buildRole("solve", schedule.getPrepareTeams(), 1,
              [&](Value team) { buildSolve(team); });
  buildRole("load", 1, 1, [&](Value) { buildLoad(); });
  buildRole("store", 1, 1, [&](Value) { buildStore(); });
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

Value SequenceProgram::allocate(ArrayRef<int64_t> shape, Type type,
                                int64_t swizzle) {
  auto buffer = SharedType::get(b.getContext(), shape, type, swizzle);
  sharedBytes = llvm::alignTo(sharedBytes, swizzle ? 1024 : 16);
  Value value = SharedAllocOp::create(b, buffer, sharedBytes);
  sharedBytes += buffer.getNumBytes();
  return value;
}

/// A place for the tokens of an operand, T x channels or T, in each stage.
Value SequenceProgram::allocateRows(Value operand) {
  if (!operand)
    return Value();
  auto type = llvm::cast<MemRefType>(operand.getType());
  SmallVector<int64_t> shape = {stages, chunkSize};
  if (type.getRank() == 1)
    return allocate(shape, type.getElementType());
  shape.push_back(type.getDimSize(1));
  return allocate(shape, type.getElementType(), 128);
}

Value SequenceProgram::createEvent(int64_t arrivals) {
  auto type = EventType::get(b.getContext(), stages, arrivals);
  Value event = EventCreateOp::create(b, type, sharedBytes);
  sharedBytes += 8 * stages;
  return event;
}

static bool isPerHead(Value gate) {
  return gate && llvm::cast<ShapedType>(gate.getType()).getRank() == 1;
}

void SequenceProgram::allocateAll() {
  // Each thread of the warp that loads arrives for its copies, and the warp
  // for scalars, which are not copied asynchronously.
  int64_t scalars = isPerHead(op.getDecay()) || isPerHead(op.getErase());
  operandsFull = createEvent(32 + scalars);
  operandsFree = createEvent(teamWarps);
  paired = createEvent(teamWarps);
  ready = createEvent(1);
  preparedFree = createEvent(schedule.getChainWarps());
  valuesFull = createEvent(32 + isPerHead(op.getWrite()));
  outputsFull = createEvent(schedule.getChainWarps());
  valuesFree = createEvent(1);

  decay = allocateRows(op.getDecay());
  erase = allocateRows(op.getErase());
  write = allocateRows(op.getWrite());
  gamma = allocate({stages, 1, keys}, f32);
  erased = allocate({stages, chunkSize, chunkSize}, f32);
  query = allocateRows(op.getQuery());
  key = allocateRows(op.getKey());
  value = allocateRows(op.getValue());
  gatedErase = allocate({stages, chunkSize, keys}, f16, 128);
  gatedQuery = allocate({stages, chunkSize, keys}, f16, 128);
  tail = allocate({stages, chunkSize, keys}, f16, 128);
  inverse = allocate({stages, chunkSize, chunkSize}, f16, 32);
  scores = allocate({stages, chunkSize, chunkSize}, f16, 32);
  int64_t teams = schedule.getPrepareTeams();
  pairRows = allocate({teams, numLevels, chunkSize, keys}, element, 128);
  pairColumns = allocate({teams, numLevels, chunkSize / 2, keys}, element, 128);

  // Nobody writes above the diagonal.
  int64_t first = nextWarp;
  buildRole("clear", 1, 1, [&](Value) {
    auto layout =
        BlockedLayoutAttr::get(b.getContext(), {1, 8}, {16, 2}, {1, 1});
    Value zeros = splat(0.0, getType({chunkSize, chunkSize}, f16, layout));
    for (int64_t stage = 0; stage < stages; ++stage)
      storeShared(zeros, scores,
                  {arith::ConstantIndexOp::create(b, stage), zero(), zero()});
  });
  nextWarp = first;
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

TileType SequenceProgram::getType(ArrayRef<int64_t> shape, Type type,
                                  TileLayoutInterface layout) {
  return TileType::get(b.getContext(), shape, type, layout);
}

/// All rows of some neighbouring channels in each thread of a team.
BlockedLayoutAttr SequenceProgram::getRowsLayout(int64_t rows) {
  return BlockedLayoutAttr::get(b.getContext(), {rows, keys / 64}, {1, 32},
                                {1, teamWarps});
}

Value SequenceProgram::zero() { return arith::ConstantIndexOp::create(b, 0); }

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

/// The product of the factors that there are.
Value SequenceProgram::multiply(Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return lhs ? lhs : rhs;
  return arith::MulFOp::create(b, lhs, rhs);
}

Value SequenceProgram::splat(double value, TileType type) {
  Value scalar = arith::ConstantOp::create(
      b, b.getFloatAttr(type.getElementType(), value));
  return TileSplatOp::create(b, type, scalar);
}

Value SequenceProgram::selectRows(Value tile, ArrayRef<int64_t> rows) {
  int64_t count = rows.size();
  auto type = getType({count, keys},
                      llvm::cast<TileType>(tile.getType()).getElementType(),
                      getRowsLayout(count));
  return TileRowsOp::create(b, type, tile, rows);
}

/// A chunk's rows of an operand, in f32.
Value SequenceProgram::loadRows(Value buffer, Value slot) {
  Type type = llvm::cast<SharedType>(buffer.getType()).getElementType();
  auto tile = getType({chunkSize, keys}, type, getRowsLayout(chunkSize));
  return cast(loadShared(buffer, {slot, zero(), zero()}, tile), f32);
}

/// A chunk's gates of one number for each token, along dimension `tokenDim` of
/// tiles of `type`, in f32.
Value SequenceProgram::loadGate(Value buffer, Value slot, TileType type,
                                int64_t tokenDim) {
  int64_t other = 1 - tokenDim;
  auto layout = SliceLayoutAttr::get(b.getContext(), other, type.getLayout());
  Type stored = llvm::cast<SharedType>(buffer.getType()).getElementType();
  Value row =
      loadShared(buffer, {slot, zero()}, getType({chunkSize}, stored, layout));
  return TileExpandOp::create(b, type, cast(row, f32), other);
}

Value SequenceProgram::product(Value lhs, Value rhs, Value slot, Value acc,
                               bool isTransposed) {
  return TileMmaOp::create(b, acc.getType(), lhs, rhs, acc,
                           ValueRange{slot, zero(), zero()}, isTransposed);
}

/// Value channels x `columns`, as the chain holds them.
TileType SequenceProgram::getChainType(int64_t columns, Type type) {
  auto layout =
      MmaLayoutAttr::get(b.getContext(), {schedule.getChainWarps(), 1});
  return getType({values, columns}, type, layout);
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

void SequenceProgram::buildRole(StringRef name, int64_t teams,
                                int64_t warpsOfTeam,
                                function_ref<void(Value)> buildBody) {
  auto role = WarpRoleOp::create(b, name, nextWarp, teams, warpsOfTeam);
  nextWarp += teams * warpsOfTeam;
  Block &body = role.getBody().emplaceBlock();
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&body);
  buildBody(body.addArgument(b.getIndexType(), b.getLoc()));
}

/// From chunk number `first` on, each `step`-th.
void SequenceProgram::forEachChunk(Value first, int64_t step, Body build) {
  auto loop = scf::ForOp::create(b, first, chunks,
                                 arith::ConstantIndexOp::create(b, step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value chunk = loop.getInductionVar();
  Value depth = arith::ConstantIndexOp::create(b, stages);
  build(chunk, arith::RemUIOp::create(b, chunk, depth));
}

static Value buildFirstToken(ImplicitLocOpBuilder &b, Value chunk) {
  return arith::MulIOp::create(b, chunk,
                               arith::ConstantIndexOp::create(b, chunkSize));
}

/// Tokens of the chunk that begins with token `row`.
static Value buildValid(ImplicitLocOpBuilder &b, Value tokens, Value row) {
  Value left = arith::SubIOp::create(b, tokens, row);
  return arith::MinUIOp::create(b, left,
                                arith::ConstantIndexOp::create(b, chunkSize));
}

void SequenceProgram::buildLoad() {
  forEachChunk(zero(), 1, [&](Value chunk, Value slot) {
    Value row = buildFirstToken(b, chunk);
    Value valid = buildValid(b, tokens, row);
    auto copy = [&](Value from, Value to) {
      if (from)
        CopyInOp::create(b, from, row, valid, to, slot);
    };
    EventWaitOp::create(b, operandsFree, chunk, /*previous=*/true);
    copy(op.getDecay(), decay);
    copy(op.getErase(), erase);
    copy(op.getKey(), key);
    copy(op.getQuery(), query);
    EventArriveOp::create(b, operandsFull, chunk, /*copies=*/true);
    if (isPerHead(op.getDecay()) || isPerHead(op.getErase()))
      EventArriveOp::create(b, operandsFull, chunk, /*copies=*/false);
    EventWaitOp::create(b, valuesFree, chunk, /*previous=*/true);
    copy(op.getWrite(), write);
    copy(op.getValue(), value);
    EventArriveOp::create(b, valuesFull, chunk, /*copies=*/true);
    if (isPerHead(op.getWrite()))
      EventArriveOp::create(b, valuesFull, chunk, /*copies=*/false);
  });
}

void SequenceProgram::buildPrepare(Value team) {
  forEachChunk(team, schedule.getPrepareTeams(), [&](Value chunk, Value slot) {
    prepareChunk(team, chunk, slot);
  });
}

/// A gate on the key axis for the rows of a chunk; null where there is none.
Value SequenceProgram::loadKeyGate(Value gate, Value buffer, Value slot) {
  if (!gate)
    return Value();
  auto rows = getType({chunkSize, keys}, f32, getRowsLayout(chunkSize));
  return isPerHead(gate) ? loadGate(buffer, slot, rows, 0)
                         : loadRows(buffer, slot);
}

/// b * k; null where nothing is erased.
Value SequenceProgram::loadErasedKey(Value slot) {
  Value gate = loadKeyGate(op.getErase(), erase, slot);
  return gate ? multiply(gate, loadRows(key, slot)) : Value();
}

void SequenceProgram::prepareChunk(Value team, Value chunk, Value slot) {
  EventWaitOp::create(b, operandsFull, chunk, /*previous=*/false);
  Value g = loadKeyGate(op.getDecay(), decay, slot);
  Value a, fromStart, toEnd;
  if (g) {
    a = math::ExpOp::create(b, g);
    fromStart = TileScanOp::create(b, a, /*after=*/false);
    toEnd = TileScanOp::create(b, a, /*after=*/true);
  }
  EventWaitOp::create(b, preparedFree, chunk, /*previous=*/true);
  auto store = [&](Value tile, Value buffer) {
    storeShared(cast(tile, f16), buffer, {slot, zero(), zero()});
  };
  // Operands are loaded again where they are used, which takes fewer registers
  // than to keep them.
  store(multiply(fromStart, loadRows(query, slot)), gatedQuery);
  if (erase)
    store(multiply(fromStart, loadErasedKey(slot)), gatedErase);
  store(multiply(toEnd, loadRows(key, slot)), tail);
  if (g)
    storeShared(selectRows(fromStart, {chunkSize - 1}), gamma,
                {slot, zero(), zero()});
  preparePairs(team, slot, a);
  EventArriveOp::create(b, operandsFree, chunk, /*copies=*/false);
  EventArriveOp::create(b, paired, chunk, /*copies=*/false);
}

/// Products of each row with the earlier keys, decayed in between.
void SequenceProgram::preparePairs(Value team, Value slot, Value a) {
  TeamBarrierOp::create(b);
  for (int64_t level = 0; level < numLevels; ++level) {
    int64_t half = chunkSize >> (level + 1);
    Value factors;
    if (a)
      factors = TilePairFactorsOp::create(b, a, half);
    SmallVector<int64_t> upper, lower;
    for (int64_t row = 0; row < chunkSize; ++row)
      (row & half ? upper : lower).push_back(row);
    Value number = arith::ConstantIndexOp::create(b, level);
    auto store = [&](Value tile, ArrayRef<int64_t> rows, Value buffer,
                     int64_t place) {
      Value some = selectRows(multiply(factors, tile), rows);
      storeShared(
          cast(some, element), buffer,
          {team, number, arith::ConstantIndexOp::create(b, place), zero()});
    };
    // Without erase, what the first rows give is not used.
    store(erase ? loadErasedKey(slot) : loadRows(query, slot), upper, pairRows,
          0);
    store(loadRows(query, slot), upper, pairRows, chunkSize / 2);
    store(loadRows(key, slot), lower, pairColumns, 0);
  }
  TeamBarrierOp::create(b);

  auto getMma = [&](ArrayRef<int64_t> warps) {
    return MmaLayoutAttr::get(b.getContext(), warps);
  };
  auto batch = getMma({teamWarps, 1, 1});
  Value rows =
      loadShared(pairRows, {team, zero(), zero(), zero()},
                 getType({numLevels, chunkSize, keys}, element, batch));
  Value none =
      splat(0.0, getType({numLevels, chunkSize, chunkSize / 2}, f32, batch));
  Value products = TileMmaOp::create(b, none.getType(), rows, pairColumns, none,
                                     ValueRange{team, zero(), zero(), zero()},
                                     /*transposed=*/false);
  StorePairsOp::create(b, products, erased, scores, slot);

  Value queries =
      loadShared(query, {slot, zero(), zero()},
                 getType({chunkSize, keys}, element, getMma({1, 1})));
  none =
      splat(0.0, getType({chunkSize, chunkSize}, f32, getMma({1, teamWarps})));
  StoreDiagonalOp::create(b, product(queries, key, slot, none), scores, slot);
}

void SequenceProgram::buildSolve(Value team) {
  // Half of the lanes hold a column each.
  auto layout = BlockedLayoutAttr::get(b.getContext(), {chunkSize, 1},
                                       {1, chunkSize}, {1, 1});
  auto type = getType({chunkSize, chunkSize}, f32, layout);
  forEachChunk(team, schedule.getPrepareTeams(), [&](Value chunk, Value slot) {
    EventWaitOp::create(b, paired, chunk, /*previous=*/false);
    Value solved = TileUnitInverseOp::create(b, type, erased, slot);
    storeShared(cast(solved, f16), inverse, {slot, zero(), zero()});
    EventArriveOp::create(b, ready, chunk, /*copies=*/false);
  });
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
  SmallVector<Value> begin = {zero(), zero()};
  if (Value initial = op.getInitialState())
    state = TileLoadOp::create(b, type, transpose(b, initial), begin);
  auto loop = scf::ForOp::create(b, zero(), chunks,
                                 arith::ConstantIndexOp::create(b, 1), state);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value chunk = loop.getInductionVar();
    Value slot = arith::RemUIOp::create(
        b, chunk, arith::ConstantIndexOp::create(b, stages));
    Value next = chainChunk(chunk, slot, loop.getRegionIterArg(0));
    scf::YieldOp::create(b, next);
  }
  if (Value final = op.getFinalState())
    TileStoreOp::create(b, /*result=*/Type(), loop.getResult(0),
                        transpose(b, final), begin);
}

/// One chunk (x, R, O and S' of the chunkwise form, transposed).
Value SequenceProgram::chainChunk(Value chunk, Value slot, Value state) {
  TileType type = getChainType(chunkSize, f32);
  EventWaitOp::create(b, erase ? ready : paired, chunk, /*previous=*/false);
  Value rounded = cast(state, f16);
  Value output = product(rounded, gatedQuery, slot, splat(0.0, type));
  Value read;
  if (erase)
    read = product(rounded, gatedErase, slot, splat(0.0, type));
  if (decay) {
    auto stateType = llvm::cast<TileType>(state.getType());
    auto layout =
        SliceLayoutAttr::get(b.getContext(), 0, stateType.getLayout());
    Value factors =
        loadShared(gamma, {slot, zero(), zero()}, getType({keys}, f32, layout));
    state = multiply(TileExpandOp::create(b, stateType, factors, 0), state);
  }

  EventWaitOp::create(b, valuesFull, chunk, /*previous=*/false);
  auto loadValues = [&](Value buffer) {
    Type stored = llvm::cast<SharedType>(buffer.getType()).getElementType();
    return cast(loadShared(buffer, {slot, zero(), zero()},
                           getChainType(chunkSize, stored),
                           /*isTransposed=*/true),
                f32);
  };
  Value written = loadValues(value);
  if (Value gate = op.getWrite())
    written = multiply(isPerHead(gate) ? loadGate(write, slot, type, 1)
                                       : loadValues(write),
                       written);
  if (erase) {
    written = arith::SubFOp::create(b, written, read);
    written = product(cast(written, f16), inverse, slot, written);
  }
  Value operand = cast(written, f16);
  output = product(operand, scores, slot, output);
  state = product(operand, tail, slot, state, /*isTransposed=*/true);
  EventArriveOp::create(b, preparedFree, chunk, /*copies=*/false);

  // Outputs take the place of the values.
  output = multiply(splat(op.getScale().convertToFloat(), type), output);
  storeShared(cast(output, element), value, {slot, zero(), zero()},
              /*isTransposed=*/true);
  EventArriveOp::create(b, outputsFull, chunk, /*copies=*/false);
  return state;
}

void SequenceProgram::buildStore() {
  forEachChunk(zero(), 1, [&](Value chunk, Value slot) {
    Value row = buildFirstToken(b, chunk);
    EventWaitOp::create(b, outputsFull, chunk, /*previous=*/false);
    CopyOutOp::create(b, value, slot, op.getOutput(), row,
                      buildValid(b, tokens, row));
    EventArriveOp::create(b, valuesFree, chunk, /*copies=*/false);
  });
}
