//===- GdnToGpuMemory.cpp - Loads and stores of tiles ---------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// Alignment. Buffers start at multiples of 16 bytes; of the rest, only what
// the IR shows is known.
//===----------------------------------------------------------------------===//

static constexpr int64_t maxAccessBytes = 16;

/// A number that divides `value`; 0 where it is 0.
static int64_t getDivisor(OpFoldResult value) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return std::abs(*constant);
  Operation *op = cast<Value>(value).getDefiningOp();
  if (auto product = dyn_cast_or_null<arith::MulIOp>(op))
    return getDivisor(product.getLhs()) * getDivisor(product.getRhs());
  if (auto sum = dyn_cast_or_null<arith::AddIOp>(op))
    return std::gcd(getDivisor(sum.getLhs()), getDivisor(sum.getRhs()));
  return 1;
}

namespace {
/// What divides the offset and the strides of a buffer, in elements.
struct BufferDivisors {
  int64_t offset;
  SmallVector<int64_t> strides;
};
} // namespace

static BufferDivisors getStaticDivisors(MemRefType type) {
  BufferDivisors divisors;
  auto [strides, offset] = type.getStridesAndOffset();
  auto getKnown = [](int64_t value) {
    return ShapedType::isDynamic(value) ? int64_t(1) : value;
  };
  divisors.offset = getKnown(offset);
  for (int64_t stride : strides)
    divisors.strides.push_back(getKnown(stride));
  // Row-major: a dynamic stride is a multiple of the next one.
  if (type.getLayout().isIdentity())
    for (int64_t dim = int64_t(strides.size()) - 2; dim >= 0; --dim)
      if (ShapedType::isDynamic(strides[dim]))
        divisors.strides[dim] = divisors.strides[dim + 1];
  return divisors;
}

static BufferDivisors getDivisors(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  BufferDivisors divisors = getStaticDivisors(type);
  if (auto cast = buffer.getDefiningOp<memref::ReinterpretCastOp>()) {
    divisors.offset = getDivisor(cast.getMixedOffsets()[0]);
    for (auto [divisor, stride] :
         llvm::zip(divisors.strides, cast.getMixedStrides()))
      divisor = getDivisor(stride);
  } else if (auto view = buffer.getDefiningOp<memref::SubViewOp>()) {
    BufferDivisors source = getDivisors(view.getSource());
    llvm::SmallBitVector dropped = view.getDroppedDims();
    divisors.offset = source.offset;
    divisors.strides.clear();
    for (auto [dim, offset] : llvm::enumerate(view.getMixedOffsets())) {
      int64_t stride = source.strides[dim];
      divisors.offset = std::gcd(divisors.offset, stride * getDivisor(offset));
      if (!dropped.test(dim))
        divisors.strides.push_back(stride *
                                   getDivisor(view.getMixedStrides()[dim]));
    }
  }
  return divisors;
}

/// The alignment of runs of `length` elements of a tile that stands at
/// `offsets`, in bytes.
static int64_t getAlignment(Value buffer, TileType tile, ValueRange offsets,
                            int64_t length) {
  BufferDivisors divisors = getDivisors(buffer);
  int64_t elements = std::gcd(divisors.offset, length);
  // A thread goes to any row of the tile.
  size_t skipped = offsets.size() - tile.getRank();
  for (int64_t dim = 0; dim < tile.getRank() - 1; ++dim)
    if (tile.getDimSize(dim) > 1)
      elements = std::gcd(elements, divisors.strides[skipped + dim]);
  for (auto [offset, stride] : llvm::zip(offsets, divisors.strides))
    elements = std::gcd(elements, getDivisor(offset) * stride);
  int64_t bytes =
      cast<MemRefType>(buffer.getType()).getElementTypeBitWidth() / 8;
  return std::gcd(elements * bytes, maxAccessBytes);
}

int64_t gdn::getRowAlignment(Value buffer) {
  BufferDivisors divisors = getDivisors(buffer);
  int64_t elements = divisors.offset;
  for (int64_t stride : ArrayRef(divisors.strides).drop_back())
    elements = std::gcd(elements, stride);
  int64_t bytes =
      cast<MemRefType>(buffer.getType()).getElementTypeBitWidth() / 8;
  return std::gcd(elements * bytes, maxAccessBytes);
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

namespace {

/// Goes through the runs of neighbouring elements that a thread holds.
class RunVisitor {
public:
  RunVisitor(OpBuilder &builder, Location loc, TileType tile, Value thread,
             Value buffer, ValueRange offsets)
      : b(builder), loc(loc), layout(tile.getLayout()),
        registers(tile.getRegisterType().getShape()), first(offsets),
        isContiguous(cast<MemRefType>(buffer.getType()).isLastDimUnitStride()),
        maxLength(8 * maxAccessBytes /
                  tile.getElementType().getIntOrFloatBitWidth()) {
    int64_t skipped = offsets.size() - tile.getRank();
    for (int64_t dim = 0; dim < tile.getRank(); ++dim)
      first[skipped + dim] = b.createOrFold<arith::AddIOp>(
          loc, offsets[skipped + dim],
          layout.buildFirstIndex(b, loc, thread, dim));
  }

  /// Elements that are neighbours in memory, too, and that one access moves.
  int64_t getRunLength() {
    if (!isContiguous)
      return 1;
    int64_t neighbours =
        std::gcd(layout.getRunLength(registers.size() - 1), registers.back());
    return std::gcd(neighbours, maxLength);
  }

  /// Calls `visit` with the registers' positions and the indices in memory of
  /// each run's first element.
  void forEach(function_ref<void(ArrayRef<int64_t>, ValueRange)> visit) {
    SmallVector<int64_t> position(registers.size(), 0);
    int64_t last = registers.size() - 1;
    int64_t rows = registers.size() == 2 ? registers[0] : 1;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t j = 0; j < registers[last]; j += getRunLength()) {
        position[0] = row;
        position[last] = j;
        visit(position, buildIndices(position));
      }
  }

private:
  SmallVector<Value> buildIndices(ArrayRef<int64_t> position) {
    SmallVector<Value> indices = first;
    int64_t skipped = indices.size() - position.size();
    for (auto [dim, reg] : llvm::enumerate(position)) {
      Value offset =
          arith::ConstantIndexOp::create(b, loc, layout.getOffset(dim, reg));
      Value &index = indices[skipped + dim];
      index = b.createOrFold<arith::AddIOp>(loc, index, offset);
    }
    return indices;
  }

  OpBuilder &b;
  Location loc;
  TileLayoutInterface layout;
  SmallVector<int64_t> registers;
  SmallVector<Value> first;
  bool isContiguous;
  /// Elements of the longest access.
  int64_t maxLength;
};

struct ConvertLoad : public OpConversionPattern<TileLoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileLoadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    TileType tile = op.getTile().getType();
    Value source = adaptor.getSource();
    RunVisitor runs(rewriter, loc, tile, buildThread(rewriter, op), source,
                    adaptor.getOffsets());
    auto run = VectorType::get(runs.getRunLength(), tile.getElementType());
    llvm::MaybeAlign alignment(
        getAlignment(source, tile, adaptor.getOffsets(), runs.getRunLength()));
    Value result = arith::ConstantOp::create(
        rewriter, loc, rewriter.getZeroAttr(tile.getRegisterType()));
    runs.forEach([&](ArrayRef<int64_t> position, ValueRange indices) {
      Value loaded = vector::LoadOp::create(rewriter, loc, run, source, indices,
                                            /*nontemporal=*/false, alignment);
      result = vector::InsertStridedSliceOp::create(rewriter, loc, loaded,
                                                    result, position, {1});
    });
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ConvertStore : public OpConversionPattern<TileStoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileStoreOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    TileType tile = op.getTile().getType();
    Value thread = buildThread(rewriter, op);
    OpBuilder::InsertionGuard guard(rewriter);
    if (Value isFirst =
            tile.getLayout().buildIsFirstHolder(rewriter, loc, thread)) {
      auto guarded = scf::IfOp::create(rewriter, loc, isFirst);
      rewriter.setInsertionPointToStart(&guarded.getThenRegion().front());
    }
    buildStores(op, adaptor, thread, rewriter);
    rewriter.eraseOp(op);
    return success();
  }

  void buildStores(TileStoreOp op, OpAdaptor adaptor, Value thread,
                   ConversionPatternRewriter &rewriter) const {
    Location loc = op.getLoc();
    TileType tile = op.getTile().getType();
    RunVisitor runs(rewriter, loc, tile, thread, adaptor.getDest(),
                    adaptor.getOffsets());
    int64_t length = runs.getRunLength();
    llvm::MaybeAlign alignment(
        getAlignment(adaptor.getDest(), tile, adaptor.getOffsets(), length));
    runs.forEach([&](ArrayRef<int64_t> position, ValueRange indices) {
      SmallVector<int64_t> sizes(position.size(), 1), strides(sizes);
      sizes.back() = length;
      Value run = vector::ExtractStridedSliceOp::create(
          rewriter, loc, adaptor.getTile(), position, sizes, strides);
      run = vector::ShapeCastOp::create(
          rewriter, loc, VectorType::get(length, tile.getElementType()), run);
      vector::StoreOp::create(rewriter, loc, run, adaptor.getDest(), indices,
                              /*nontemporal=*/false, alignment);
    });
  }
};

} // namespace

void gdn::populateTileMemoryPatterns(const TypeConverter &converter,
                                     RewritePatternSet &patterns) {
  patterns.add<ConvertLoad, ConvertStore>(converter, patterns.getContext());
}
