//===- GdnToGpuShared.cpp - Tiles from and to shared memory ---------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

Value IndexBuilder::constant(int64_t value) const {
  return arith::ConstantIndexOp::create(b, loc, value);
}
Value IndexBuilder::add(Value lhs, Value rhs) const {
  return b.createOrFold<arith::AddIOp>(loc, lhs, rhs);
}
Value IndexBuilder::add(Value lhs, int64_t rhs) const {
  return add(lhs, constant(rhs));
}
Value IndexBuilder::mul(Value lhs, int64_t rhs) const {
  return b.createOrFold<arith::MulIOp>(loc, lhs, constant(rhs));
}
Value IndexBuilder::div(Value lhs, int64_t rhs) const {
  return b.createOrFold<arith::DivUIOp>(loc, lhs, constant(rhs));
}
Value IndexBuilder::rem(Value lhs, int64_t rhs) const {
  return b.createOrFold<arith::RemUIOp>(loc, lhs, constant(rhs));
}
Value IndexBuilder::toI32(Value index) const {
  return arith::IndexCastOp::create(b, loc, b.getI32Type(), index);
}

/// Where 0 .. 7 stand of each 8 of `index`: 0, 4, 1, 5, 2, 6, 3, 7.
static Value buildInterleaved(const IndexBuilder &i, Value index) {
  Value inEight = i.rem(index, 8);
  return i.add(i.mul(i.div(index, 8), 8),
               i.add(i.mul(i.rem(inEight, 4), 2), i.div(inEight, 4)));
}

/// Bytes into a matrix of `cores`.
Value SharedAddress::buildCoreOffset(Value row, Value column) const {
  IndexBuilder i(b, loc);
  ArrayRef<int64_t> cores = type.getCores();
  Value place = buildInterleaved(i, i.rem(row, SharedType::coreRows));
  Value part = i.rem(column, SharedType::coreColumns);
  return i.add(i.add(i.mul(i.div(row, SharedType::coreRows), cores[0]),
                     i.mul(i.div(column, SharedType::coreColumns), cores[1])),
               i.add(i.mul(place, 16), i.mul(part, type.getElementBytes())));
}

/// Bytes into a matrix: the panel, the row, and the 16-byte part that the
/// swizzle moves.
Value SharedAddress::buildMatrixOffset(Value row, Value column) const {
  if (!type.getCores().empty())
    return buildCoreOffset(row, column);
  IndexBuilder i(b, loc);
  ArrayRef<int64_t> shape = type.getShape();
  int64_t bytes = type.getElementBytes(), swizzle = type.getSwizzle();
  if (type.getInterleaved())
    column = buildInterleaved(i, column);
  if (!swizzle)
    return i.add(i.mul(row, type.getRowBytes()), i.mul(column, bytes));
  int64_t panelColumns = type.getPanelColumns();
  Value panel = i.div(column, panelColumns);
  Value part = i.mul(i.rem(column, panelColumns), bytes);
  // Rows of fewer than 128 bytes share the address bits that count.
  Value key = i.rem(i.div(row, 128 / swizzle), swizzle / 16);
  part = b.createOrFold<arith::XOrIOp>(loc, part, i.mul(key, 16));
  int64_t panelBytes = shape[shape.size() - 2] * swizzle;
  return i.add(i.add(i.mul(panel, panelBytes), i.mul(row, swizzle)), part);
}

Value SharedAddress::build(ValueRange indices) const {
  IndexBuilder i(b, loc);
  ArrayRef<int64_t> shape = type.getShape();
  int64_t rank = type.getRank();
  Value row = rank > 1 ? indices[rank - 2] : i.constant(0);
  auto move = [&](Value from, Value offset) -> Value {
    return LLVM::GEPOp::create(b, loc, from.getType(), b.getI8Type(), from,
                               LLVM::GEPArg(i.toI32(offset)));
  };
  Value place = i.constant(0);
  int64_t stride = type.getMatrixBytes();
  for (int64_t dim = rank - 3; dim >= 0; --dim) {
    place = i.add(i.mul(indices[dim], stride), place);
    stride *= shape[dim];
  }
  // The matrix first: where in it a thread has something stays the same in a
  // loop.
  return move(move(base, place), buildMatrixOffset(row, indices[rank - 1]));
}

Value gdn::buildSharedBase(OpBuilder &builder, Operation *op) {
  constexpr StringRef name = "gdn_shared";
  auto module = op->getParentOfType<gpu::GPUModuleOp>();
  auto global = module.lookupSymbol<LLVM::GlobalOp>(name);
  if (!global) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), 0);
    global = LLVM::GlobalOp::create(
        builder, module.getLoc(), type, /*isConstant=*/false,
        LLVM::Linkage::External, name, Attribute(), /*alignment=*/1024,
        unsigned(NVVM::NVVMMemorySpace::Shared));
  }
  return LLVM::AddressOfOp::create(builder, op->getLoc(), global);
}

//===----------------------------------------------------------------------===//
// Registers
//===----------------------------------------------------------------------===//

namespace {

/// Whether 8 x 8 of the elements are a matrix of `ldmatrix` and `stmatrix`.
static bool areMatrices(TileType tile, bool isTransposed) {
  return isa<MmaLayoutAttr>(tile.getLayout()) && isTransposed &&
         tile.getElementType().getIntOrFloatBitWidth() == 16;
}

/// Goes through what a thread holds of a tile at `offsets` in a buffer.
class SharedVisitor {
public:
  SharedVisitor(OpBuilder &builder, Operation *op, TileType tile,
                SharedType buffer, Value base, ValueRange offsets,
                bool isTransposed)
      : b(builder), loc(op->getLoc()), i(builder, loc), tile(tile),
        layout(tile.getLayout()), address(builder, loc, buffer, base),
        offsets(offsets), isTransposed(isTransposed),
        thread(buildThread(builder, op)) {
    registers = llvm::to_vector(tile.getRegisterType().getShape());
  }

  /// The dimension of the tile along which the buffer is contiguous.
  size_t getRunDim() const { return registers.size() - (isTransposed ? 2 : 1); }

  /// Registers along that dimension that are neighbours in the buffer.
  int64_t getRunLength() const {
    SharedType buffer = address.getType();
    // Interleaved, 4 columns further is the next place.
    int64_t step = buffer.getInterleaved() ? 4 : 1;
    int64_t most = buffer.getInterleaved() ? 2 : 16 / buffer.getElementBytes();
    int64_t length = std::gcd(registers[getRunDim()], most);
    auto areNeighbours = [&](int64_t length) {
      for (int64_t reg = 0; reg < registers[getRunDim()]; ++reg)
        if (layout.getOffset(getRunDim(), reg) !=
            layout.getOffset(getRunDim(), reg / length * length) +
                step * (reg % length))
          return false;
      return true;
    };
    while (!areNeighbours(length))
      length /= 2;
    return length;
  }

  /// Calls `visit` with the positions of each run's registers and the address
  /// of the first.
  void
  forEachRun(function_ref<void(ArrayRef<SmallVector<int64_t>>, Value)> visit) {
    SmallVector<Value> first = buildFirst(thread);
    int64_t length = getRunLength();
    SmallVector<int64_t> runs(registers);
    runs[getRunDim()] /= length;
    for (int64_t run = 0; run < computeProduct(runs); ++run) {
      SmallVector<int64_t> position =
          delinearize(run, computeSuffixProduct(runs));
      position[getRunDim()] *= length;
      SmallVector<SmallVector<int64_t>> positions;
      for (int64_t i = 0; i < length; ++i) {
        positions.push_back(position);
        positions.back()[getRunDim()] += i;
      }
      visit(positions, buildAddress(first, position));
    }
  }

  /// Calls `visit` with the address of this lane's row of four (or `count`)
  /// 8 x 8 matrices, and their positions.
  void forEachMatrices(
      function_ref<void(ArrayRef<SmallVector<int64_t>>, Value)> visit);

private:
  SmallVector<Value> buildFirst(Value thread) {
    SmallVector<Value> first;
    for (int64_t dim = 0; dim < tile.getRank(); ++dim)
      first.push_back(layout.buildFirstIndex(b, loc, thread, dim));
    return first;
  }

  /// Adds the tile's place to an index in the tile.
  Value buildPlace(ArrayRef<Value> indices) {
    SmallVector<Value> inBuffer(offsets);
    SmallVector<Value> ordered(indices);
    if (isTransposed)
      std::swap(ordered[ordered.size() - 1], ordered[ordered.size() - 2]);
    size_t skipped = inBuffer.size() - ordered.size();
    for (auto [dim, index] : llvm::enumerate(ordered))
      inBuffer[skipped + dim] = i.add(inBuffer[skipped + dim], index);
    return address.build(inBuffer);
  }

  Value buildAddress(ArrayRef<Value> first, ArrayRef<int64_t> position) {
    SmallVector<Value> indices;
    for (auto [dim, reg] : llvm::enumerate(position))
      indices.push_back(i.add(first[dim], layout.getOffset(dim, reg)));
    return buildPlace(indices);
  }

  OpBuilder &b;
  Location loc;
  IndexBuilder i;
  TileType tile;
  TileLayoutInterface layout;
  SharedAddress address;
  SmallVector<Value> offsets;
  bool isTransposed;
  Value thread;
  SmallVector<int64_t> registers;
};

} // namespace

/// Matrix m of four stands at block row m % 2 and block column m / 2, as the A
/// operand of a product wants its registers. The columns of the tile are rows
/// of the buffer; a lane has two of them that are 4 apart.
void SharedVisitor::forEachMatrices(
    function_ref<void(ArrayRef<SmallVector<int64_t>>, Value)> visit) {
  int64_t highest = registers[0] % 2 == 0 ? 2 : 1;
  // One, two or four matrices at a time.
  int64_t wide = std::gcd(registers[1] / 2, 4 / highest);
  Value lane = i.rem(thread, 32);
  Value warpStart = b.createOrFold<arith::SubIOp>(loc, thread, lane);
  SmallVector<Value> first = buildFirst(warpStart);
  Value inMatrix = i.rem(lane, 8), matrix = i.div(lane, 8);
  int64_t rowStep = highest > 1 ? layout.getOffset(0, 1) : 0;
  int64_t columnStep = wide > 1 ? layout.getOffset(1, 2) : 0;
  Value row = i.mul(i.rem(matrix, highest), rowStep);
  Value column = i.add(i.mul(i.div(matrix, highest), columnStep),
                       i.add(i.div(inMatrix, 2), i.mul(i.rem(inMatrix, 2), 4)));
  for (int64_t r = 0; r < registers[0]; r += highest)
    for (int64_t c = 0; c < registers[1]; c += 2 * wide) {
      SmallVector<SmallVector<int64_t>> positions;
      for (int64_t m = 0; m < wide * highest; ++m)
        positions.push_back({r + m % highest, c + m / highest * 2});
      SmallVector<Value> indices = {
          i.add(i.add(first[0], layout.getOffset(0, r)), row),
          i.add(i.add(first[1], layout.getOffset(1, c)), column)};
      visit(positions, buildPlace(indices));
    }
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

SmallVector<Value> gdn::buildLdmatrix(OpBuilder &builder, Location loc,
                                      Value address, unsigned count,
                                      bool isTransposed) {
  Type i32 = builder.getI32Type();
  Type type = i32;
  if (count > 1)
    type = LLVM::LLVMStructType::getLiteral(builder.getContext(),
                                            SmallVector<Type>(count, i32));
  auto shape = NVVM::LdStMatrixShapeAttr::get(builder.getContext(), 8, 8);
  Value loaded = NVVM::LdMatrixOp::create(builder, loc, type, address, count,
                                          isTransposed ? NVVM::MMALayout::col
                                                       : NVVM::MMALayout::row,
                                          shape, NVVM::LdStMatrixEltType::B16);
  if (count == 1)
    return {loaded};
  SmallVector<Value> parts;
  for (unsigned part = 0; part < count; ++part)
    parts.push_back(LLVM::ExtractValueOp::create(builder, loc, loaded, part));
  return parts;
}

namespace {

struct ConvertSharedAlloc : public OpConversionPattern<SharedAllocOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SharedAllocOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Value base = buildSharedBase(rewriter, op);
    rewriter.replaceOpWithNewOp<LLVM::GEPOp>(
        op, base.getType(), rewriter.getI8Type(), base,
        LLVM::GEPArg(static_cast<int32_t>(op.getOffset())));
    return success();
  }
};

struct ConvertSharedLoad : public OpConversionPattern<SharedLoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SharedLoadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    TileType tile = op.getTile().getType();
    SharedVisitor visitor(rewriter, op, tile, op.getSource().getType(),
                          adaptor.getSource(), adaptor.getOffsets(),
                          op.getTransposed());
    Value result = arith::ConstantOp::create(
        rewriter, op.getLoc(), rewriter.getZeroAttr(tile.getRegisterType()));
    if (areMatrices(tile, op.getTransposed()))
      loadMatrices(op, visitor, result, rewriter);
    else
      loadRuns(op, visitor, result, rewriter);
    rewriter.replaceOp(op, result);
    return success();
  }

  void loadRuns(SharedLoadOp op, SharedVisitor &visitor, Value &result,
                ConversionPatternRewriter &rewriter) const {
    Location loc = op.getLoc();
    auto type = VectorType::get(
        visitor.getRunLength(),
        op.getTile().getType().getRegisterType().getElementType());
    int64_t bytes =
        visitor.getRunLength() * op.getSource().getType().getElementBytes();
    visitor.forEachRun(
        [&](ArrayRef<SmallVector<int64_t>> positions, Value address) {
          Value run = LLVM::LoadOp::create(rewriter, loc, type, address, bytes);
          for (auto [i, position] : llvm::enumerate(positions))
            result = vector::InsertOp::create(
                rewriter, loc,
                vector::ExtractOp::create(rewriter, loc, run, int64_t(i)),
                result, position);
        });
  }

  void loadMatrices(SharedLoadOp op, SharedVisitor &visitor, Value &result,
                    ConversionPatternRewriter &rewriter) const {
    Location loc = op.getLoc();
    auto pair = VectorType::get(2, op.getTile().getType().getElementType());
    visitor.forEachMatrices([&](ArrayRef<SmallVector<int64_t>> positions,
                                Value address) {
      SmallVector<Value> parts = buildLdmatrix(
          rewriter, loc, address, positions.size(), /*isTransposed=*/true);
      for (auto [part, position] : llvm::zip_equal(parts, positions)) {
        Value elements = LLVM::BitcastOp::create(rewriter, loc, pair, part);
        result = vector::InsertStridedSliceOp::create(rewriter, loc, elements,
                                                      result, position, {1});
      }
    });
  }
};

struct ConvertSharedStore : public OpConversionPattern<SharedStoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SharedStoreOp op, OpAdaptor adaptor,
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
    SharedVisitor visitor(rewriter, op, tile, op.getDest().getType(),
                          adaptor.getDest(), adaptor.getOffsets(),
                          op.getTransposed());
    if (areMatrices(tile, op.getTransposed()))
      storeMatrices(visitor, adaptor.getTile(), rewriter);
    else
      storeRuns(op, visitor, adaptor.getTile(), rewriter);
    rewriter.eraseOp(op);
    return success();
  }

  static void storeRuns(SharedStoreOp op, SharedVisitor &visitor, Value tile,
                        ConversionPatternRewriter &rewriter) {
    Location loc = op.getLoc();
    int64_t length = visitor.getRunLength();
    int64_t bytes = length * op.getDest().getType().getElementBytes();
    auto type = VectorType::get(
        length, cast<VectorType>(tile.getType()).getElementType());
    visitor.forEachRun([&](ArrayRef<SmallVector<int64_t>> positions,
                           Value address) {
      SmallVector<Value> elements;
      for (ArrayRef<int64_t> position : positions)
        elements.push_back(
            vector::ExtractOp::create(rewriter, loc, tile, position));
      Value run = vector::FromElementsOp::create(rewriter, loc, type, elements);
      LLVM::StoreOp::create(rewriter, loc, run, address, bytes);
    });
  }

  static void storeMatrices(SharedVisitor &visitor, Value tile,
                            ConversionPatternRewriter &rewriter) {
    Location loc = tile.getLoc();
    auto shape = NVVM::LdStMatrixShapeAttr::get(rewriter.getContext(), 8, 8);
    visitor.forEachMatrices([&](ArrayRef<SmallVector<int64_t>> positions,
                                Value address) {
      SmallVector<Value> parts;
      for (ArrayRef<int64_t> position : positions) {
        Value pair = vector::ExtractStridedSliceOp::create(
            rewriter, loc, tile, position, {1, 2}, {1, 1});
        pair = vector::ShapeCastOp::create(
            rewriter, loc,
            VectorType::get(2,
                            cast<VectorType>(tile.getType()).getElementType()),
            pair);
        parts.push_back(LLVM::BitcastOp::create(rewriter, loc,
                                                rewriter.getI32Type(), pair));
      }
      NVVM::StMatrixOp::create(rewriter, loc, address, parts,
                               NVVM::MMALayout::col, shape,
                               NVVM::LdStMatrixEltType::B16);
    });
  }
};

} // namespace

void gdn::populateSharedMemoryPatterns(const TypeConverter &converter,
                                       RewritePatternSet &patterns) {
  patterns.add<ConvertSharedAlloc, ConvertSharedLoad, ConvertSharedStore>(
      converter, patterns.getContext());
}
