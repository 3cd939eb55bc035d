//===- DeltaRuleChunking.cpp - The rule as loops over chunks --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeltaRuleChecks.h"
#include "RowBuilder.h"
#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gdn;

namespace {

/// What the rule reads for some tokens of one head, in f32: rows of K or V
/// channels, gates applied.
struct Rows {
  /// Scaled queries, keys, gated values.
  Value query, key, value;
  /// exp(g), per row or per row and channel; null where nothing decays.
  Value decay;
  /// b * k; null where nothing is erased.
  Value erase;
};

/// What one head reads of a whole sequence, as it is: T x channels, or T.
struct SequenceOperands {
  Value query, key, value, decay, erase, write;
};

/// Builds the program of one (sequence, value head, part of the value
/// channels): the body of the parallel loop.
class HeadProgram {
public:
  HeadProgram(ImplicitLocOpBuilder &builder, DeltaRuleOp op, int64_t chunkSize,
              int64_t valueChannels, Sequences::Bounds bounds, Value valueHead,
              Value valueOffset)
      : b(builder), rows(builder), op(op), chunkSize(chunkSize),
        valueChannels(valueChannels), bounds(bounds), valueHead(valueHead),
        valueOffset(valueOffset) {
    int64_t group = op.getValueHeads() / op.getKeyHeads();
    keyHead = valueHead;
    if (group > 1)
      keyHead = arith::DivUIOp::create(
          b, valueHead, arith::ConstantIndexOp::create(b, group));
  }

  /// Runs all tokens from `state` on, writing into `output` (length x V).
  /// Returns both as they are after the sequence.
  SmallVector<Value> build(Value output, Value state) {
    auto buildTokens = [&](const Rows &token, Value state) {
      return buildToken(token, state);
    };
    Value zero = arith::ConstantIndexOp::create(b, 0);
    if (op.getSchedule())
      return buildLoop(zero, bounds.length, 1, {output, state}, buildTokens);
    Value chunk = arith::ConstantIndexOp::create(b, chunkSize);
    Value chunked = b.createOrFold<arith::MulIOp>(
        b.createOrFold<arith::DivUIOp>(bounds.length, chunk), chunk);
    SmallVector<Value> carried =
        buildLoop(zero, chunked, chunkSize, {output, state},
                  [&](const Rows &tokens, Value state) {
                    return buildChunk(tokens, state);
                  });
    return buildLoop(chunked, bounds.length, 1, carried, buildTokens);
  }

  SequenceOperands loadSequence() {
    OpFoldResult zero = b.getIndexAttr(0);
    int64_t keys = op.getKeyChannels();
    SequenceOperands all;
    all.query = slice(op.getQuery(), keyHead, zero, keys);
    all.key = slice(op.getKey(), keyHead, zero, keys);
    all.value = slice(op.getValue(), valueHead, valueOffset, valueChannels);
    if (Value decay = op.getDecay())
      all.decay = slice(decay, getGateHead(decay), zero, keys);
    if (Value erase = op.getErase())
      all.erase = slice(erase, getGateHead(erase), zero, keys);
    if (Value write = op.getWrite())
      all.write = slice(write, valueHead, valueOffset, valueChannels);
    return all;
  }

private:
  using Body = function_ref<std::pair<Value, Value>(const Rows &, Value state)>;

  /// Loops over the tokens from `begin` to `end`, `step` at a time. `body`
  /// returns the output rows and the new state.
  SmallVector<Value> buildLoop(Value begin, Value end, int64_t step,
                               ValueRange carried, Body body) {
    Value stepValue = arith::ConstantIndexOp::create(b, step);
    auto loop = scf::ForOp::create(b, begin, end, stepValue, carried);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value token = loop.getInductionVar();
    auto [produced, state] =
        body(loadRows(token, step), loop.getRegionIterArg(1));
    Value output = rows.insert(
        rows.round(produced, op.getValue().getType().getElementType()),
        loop.getRegionIterArg(0), {token, b.getIndexAttr(0)});
    scf::YieldOp::create(b, ValueRange{output, state});
    return loop.getResults();
  }

  /// Loads `count` tokens of `tensor` from `token` on, for `head`. A gate with
  /// one value per head gives a vector of `count` values.
  Value load(Value tensor, Value head, Value token, int64_t count,
             OpFoldResult channelOffset, int64_t channels) {
    Value first = arith::AddIOp::create(b, bounds.begin, token);
    SmallVector<OpFoldResult> offsets = {bounds.batch, first, head};
    SmallVector<int64_t> sizes = {1, count, 1};
    SmallVector<int64_t> shape = {count};
    if (cast<RankedTensorType>(tensor.getType()).getRank() == 4) {
      offsets.push_back(channelOffset);
      sizes.push_back(channels);
      shape.push_back(channels);
    }
    return rows.widen(rows.extract(tensor, offsets, sizes, shape));
  }

  /// All tokens of `tensor` for `head`.
  Value slice(Value tensor, Value head, OpFoldResult channelOffset,
              int64_t channels) {
    SmallVector<OpFoldResult> offsets = {bounds.batch, bounds.begin, head};
    OpFoldResult one = b.getIndexAttr(1);
    SmallVector<OpFoldResult> sizes = {one, getAsOpFoldResult(bounds.length),
                                       one};
    SmallVector<unsigned> kept = {1};
    if (cast<RankedTensorType>(tensor.getType()).getRank() == 4) {
      offsets.push_back(channelOffset);
      sizes.push_back(b.getIndexAttr(channels));
      kept.push_back(3);
    }
    return rows.extract(tensor, offsets, sizes, kept);
  }

  /// A gate on the key axis belongs to key heads or to value heads.
  Value getGateHead(Value gate) {
    int64_t heads = cast<RankedTensorType>(gate.getType()).getDimSize(2);
    return heads == op.getValueHeads() ? valueHead : keyHead;
  }

  Rows loadRows(Value token, int64_t count) {
    int64_t keyChannels = op.getKeyChannels();
    OpFoldResult zero = b.getIndexAttr(0);
    auto loadKeys = [&](Value tensor, Value head) {
      return load(tensor, head, token, count, zero, keyChannels);
    };
    auto loadValues = [&](Value tensor) {
      return load(tensor, valueHead, token, count, valueOffset, valueChannels);
    };
    Rows tokens;
    tokens.query = loadKeys(op.getQuery(), keyHead);
    tokens.key = loadKeys(op.getKey(), keyHead);
    if (op.getQkL2norm()) {
      tokens.query = rows.normalize(tokens.query);
      tokens.key = rows.normalize(tokens.key);
    }
    if (op.getScaleValue() != 1.0)
      tokens.query = rows.multiply(tokens.query, op.getScaleValue());
    tokens.value = loadValues(op.getValue());
    if (Value write = op.getWrite())
      tokens.value = rows.multiply(loadValues(write), tokens.value);
    if (Value decay = op.getDecay())
      tokens.decay =
          math::ExpOp::create(b, loadKeys(decay, getGateHead(decay)));
    if (Value erase = op.getErase())
      tokens.erase =
          rows.multiply(loadKeys(erase, getGateHead(erase)), tokens.key);
    return tokens;
  }

  /// One full chunk (arXiv 2605.22791, the chunkwise form).
  std::pair<Value, Value> buildChunk(const Rows &tokens, Value state) {
    Value query = tokens.query, erase = tokens.erase, gamma;
    if (tokens.decay) {
      gamma = ChunkScanOp::create(b, tokens.decay);
      query = rows.multiply(gamma, query);
      if (erase)
        erase = rows.multiply(gamma, erase);
    }
    auto products = ChunkScoresOp::create(b, tokens.query, tokens.key,
                                          tokens.erase, tokens.decay);
    Value written = tokens.value;
    if (erase) {
      Value read = rows.product(erase, state);
      written =
          ChunkSolveOp::create(b, products.getErased(),
                               arith::SubFOp::create(b, tokens.value, read));
    }
    Value output = rows.product(query, state);
    output = addCausalProduct(products.getScores(), written, output);
    if (gamma)
      state = rows.scaleRows(rows.lastRow(gamma), state);
    return {output, rows.product(products.getTail(), written, state)};
  }

  /// output + scores written, row by row: a zero score must not meet what a
  /// later token wrote, which may be infinite or NaN.
  Value addCausalProduct(Value scores, Value written, Value output) {
    auto type = cast<RankedTensorType>(written.getType());
    Value seen = rows.fillZero(
        tensor::EmptyOp::create(b, type.getShape(), b.getF32Type()));
    auto loop = scf::ForOp::create(b, arith::ConstantIndexOp::create(b, 0),
                                   arith::ConstantIndexOp::create(b, chunkSize),
                                   arith::ConstantIndexOp::create(b, 1),
                                   ValueRange{seen, output});
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<OpFoldResult> place = {loop.getInductionVar(),
                                       b.getIndexAttr(0)};
    auto getRow = [&](Value tensor) {
      int64_t size = cast<RankedTensorType>(tensor.getType()).getDimSize(1);
      return rows.extract(tensor, place, {1, size}, {1, size});
    };
    seen = rows.insert(getRow(written), loop.getRegionIterArg(0), place);
    output = loop.getRegionIterArg(1);
    Value row = rows.product(getRow(scores), seen, getRow(output));
    scf::YieldOp::create(b, ValueRange{seen, rows.insert(row, output, place)});
    return loop.getResult(1);
  }

  std::pair<Value, Value> buildToken(const Rows &token, Value state) {
    auto step = RecurrentStepOp::create(b, token.query, token.key, token.value,
                                        state, token.decay, token.erase);
    return {step.getOutput(), step.getOutputState()};
  }

  ImplicitLocOpBuilder &b;
  RowBuilder rows;
  DeltaRuleOp op;
  int64_t chunkSize, valueChannels;
  Sequences::Bounds bounds;
  Value valueHead, keyHead, valueOffset;
};

/// Builds the parallel loop over sequences, value heads and value parts.
class RuleProgram {
public:
  RuleProgram(ImplicitLocOpBuilder &builder, DeltaRuleOp op,
              const ChunkOptions &options)
      : b(builder), rows(builder), op(op), chunkSize(options.chunkSize),
        valueChannels(op.getValueChannels() / options.valueSplit),
        valueSplit(options.valueSplit),
        sequences(emitRuntimeChecks(builder, op, !options.deviceMemory)) {}

  SmallVector<Value> build() {
    auto valueType = op.getValue().getType();
    Value output = tensor::EmptyOp::create(
        b, tensor::getMixedSizes(b, b.getLoc(), op.getValue()),
        valueType.getElementType());
    Value states = tensor::EmptyOp::create(b, getStateSizes(), b.getF32Type());
    // A state that nobody asks for lives and dies inside the loop.
    SmallVector<Value> shared = {output};
    if (keepsState())
      shared.push_back(states);
    auto loop = scf::ForallOp::create(
        b,
        ArrayRef<OpFoldResult>{sequences.getCount(),
                               b.getIndexAttr(op.getValueHeads()),
                               b.getIndexAttr(valueSplit)},
        shared, getMapping());
    if (op.getSchedule())
      loop->setAttr("gdn.schedule", *op.getSchedule());
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    buildBody(loop);
    SmallVector<Value> results(loop.getResults());
    if (!keepsState())
      results.push_back(states);
    return results;
  }

private:
  /// With a schedule, each pass through the loop is a CTA of a GPU. Upstream
  /// keeps the dimensions of a mapped loop: a loop of one CTA stays a loop.
  std::optional<ArrayAttr> getMapping() {
    if (!op.getSchedule())
      return std::nullopt;
    SmallVector<Attribute> dims;
    for (gpu::MappingId id :
         {gpu::MappingId::DimZ, gpu::MappingId::DimY, gpu::MappingId::DimX})
      dims.push_back(gpu::GPUBlockMappingAttr::get(b.getContext(), id));
    return b.getArrayAttr(dims);
  }

  bool keepsState() { return !op.getFinalState().use_empty(); }

  SmallVector<OpFoldResult> getStateSizes() {
    return {sequences.getCount(), b.getIndexAttr(op.getValueHeads()),
            b.getIndexAttr(op.getKeyChannels()),
            b.getIndexAttr(op.getValueChannels())};
  }

  /// The state that a sequence starts from, in `slice` (K x V).
  Value initialize(Value slice, ArrayRef<OpFoldResult> offsets) {
    Value initial = op.getInitialState();
    if (!initial)
      return rows.fillZero(slice);
    SmallVector<int64_t> shape = getStateShape();
    Value start =
        rows.extract(initial, offsets, {1, 1, shape[0], shape[1]}, shape);
    return linalg::CopyOp::create(b, start, slice).getResult(0);
  }

  SmallVector<int64_t> getStateShape() {
    return {op.getKeyChannels(), valueChannels};
  }

  void buildBody(scf::ForallOp loop) {
    Value sequence = loop.getInductionVar(0), head = loop.getInductionVar(1);
    Value valueOffset = b.createOrFold<arith::MulIOp>(
        loop.getInductionVar(2),
        arith::ConstantIndexOp::create(b, valueChannels));
    // A kernel must stay in bounds whatever `cu_seqlens` holds.
    Sequences::Bounds bounds =
        sequences.getBounds(b, b.getLoc(), sequence,
                            /*clamped=*/op.getSchedule().has_value());

    OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
    OpFoldResult channels = b.getIndexAttr(valueChannels);
    SmallVector<OpFoldResult> outputOffsets = {bounds.batch, bounds.begin, head,
                                               valueOffset};
    SmallVector<OpFoldResult> outputSizes = {
        one, getAsOpFoldResult(bounds.length), one, channels};
    SmallVector<OpFoldResult> stateOffsets = {sequence, head, zero,
                                              valueOffset};
    SmallVector<OpFoldResult> stateSizes = {
        one, one, b.getIndexAttr(op.getKeyChannels()), channels};

    Value output = rows.extract(loop.getRegionIterArgs()[0], outputOffsets,
                                outputSizes, {1, 3});
    Value state = keepsState() ? rows.extract(loop.getRegionIterArgs()[1],
                                              stateOffsets, stateSizes, {2, 3})
                               : tensor::EmptyOp::create(b, getStateShape(),
                                                         b.getF32Type())
                                     .getResult();
    SmallVector<Value> last;
    if (auto schedule =
            dyn_cast_or_null<ChunkedScheduleAttr>(op.getScheduleAttr())) {
      last = buildSequence(schedule, bounds, head, valueOffset, stateOffsets,
                           output, state);
    } else {
      HeadProgram program(b, op, chunkSize, valueChannels, bounds, head,
                          valueOffset);
      last = program.build(output, initialize(state, stateOffsets));
    }

    b.setInsertionPointToStart(loop.getTerminator().getBody());
    SmallVector<OpFoldResult> strides(4, one);
    tensor::ParallelInsertSliceOp::create(b, last[0],
                                          loop.getRegionIterArgs()[0],
                                          outputOffsets, outputSizes, strides);
    if (keepsState())
      tensor::ParallelInsertSliceOp::create(b, last[1],
                                            loop.getRegionIterArgs()[1],
                                            stateOffsets, stateSizes, strides);
  }

  /// The program of a CTA for tensor cores, in one op.
  SmallVector<Value> buildSequence(ChunkedScheduleAttr schedule,
                                   const Sequences::Bounds &bounds, Value head,
                                   Value valueOffset,
                                   ArrayRef<OpFoldResult> stateOffsets,
                                   Value output, Value state) {
    HeadProgram program(b, op, chunkSize, valueChannels, bounds, head,
                        valueOffset);
    SequenceOperands operands = program.loadSequence();
    Value initial;
    if (op.getInitialState()) {
      SmallVector<int64_t> shape = getStateShape();
      initial = rows.extract(op.getInitialState(), stateOffsets,
                             {1, 1, shape[0], shape[1]}, shape);
    }
    SmallVector<Type> types = {output.getType()};
    Value finalState;
    if (keepsState()) {
      finalState = state;
      types.push_back(state.getType());
    }
    auto rule = SequenceRuleOp::create(
        b, types, operands.query, operands.key, operands.value, operands.decay,
        operands.erase, operands.write, initial, output, finalState,
        b.getF32FloatAttr(op.getScaleValue()), schedule);
    SmallVector<Value> results(rule.getResults());
    if (!keepsState())
      results.push_back(state);
    return results;
  }

  ImplicitLocOpBuilder &b;
  RowBuilder rows;
  DeltaRuleOp op;
  int64_t chunkSize, valueChannels, valueSplit;
  Sequences sequences;
};

} // namespace

/// Parts of at least 32 value channels while fewer than 8 pieces of work are
/// known to exist.
static int64_t chooseValueSplit(DeltaRuleOp op) {
  constexpr int64_t wanted = 8;
  int64_t sequences = ShapedType::isDynamic(op.getSequences())
                          ? 1
                          : std::min(op.getSequences(), wanted);
  int64_t known = std::min(op.getValueHeads(), wanted) * sequences;
  int64_t channels = op.getValueChannels(), split = 1;
  while (known * split < wanted && channels % (2 * split) == 0 &&
         channels / (2 * split) >= 32)
    split *= 2;
  return split;
}

FailureOr<SmallVector<Value>>
DeltaRuleOp::buildChunked(OpBuilder &builder, const ChunkOptions &options) {
  ChunkOptions chosen = options;
  if (std::optional<ScheduleInterface> schedule = getSchedule())
    chosen.valueSplit = getValueChannels() / schedule->getValueChannels();
  if (chosen.valueSplit == 0)
    chosen.valueSplit = chooseValueSplit(*this);
  if (chosen.valueSplit < 0 || getValueChannels() % chosen.valueSplit != 0)
    return emitOpError("expects V to be a multiple of value-split = ")
           << chosen.valueSplit << ", but got " << getValueChannels();
  ImplicitLocOpBuilder b(getLoc(), builder);
  SmallVector<Value> values = RuleProgram(b, *this, chosen).build();
  return castToResultTypes(builder, *this, values);
}
