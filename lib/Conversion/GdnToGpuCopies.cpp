//===- GdnToGpuCopies.cpp - Copies between global and shared memory -------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gdn;

static constexpr int64_t partBytes = 16;

namespace {

/// The 16-byte parts of the rows that a team copies: thread t takes part t,
/// and every so many threads' more. Where that is whole rows, all its parts are
/// in one column, and their addresses differ by constants.
class PartVisitor {
public:
  PartVisitor(OpBuilder &builder, Operation *op, MemRefType global,
              SharedType shared)
      : b(builder), loc(op->getLoc()), i(builder, loc), global(global),
        shared(shared), thread(buildThread(builder, op)) {
    threads = 32;
    if (auto role = op->getParentOfType<WarpRoleOp>())
      threads = role.getTeamThreads();
    columns = partBytes / shared.getElementBytes();
    partsOfRow = shared.getShape().back() / columns;
    rows = shared.getShape()[shared.getRank() - 2];
  }

  /// A part of the thread: `further` rows behind row `first`.
  struct Part {
    Value first, column;
    int64_t further;
  };

  /// Calls `visit` with each of the thread's parts. With an odd rest, only
  /// threads that have a part get there.
  void forEach(function_ref<void(const Part &part)> visit) {
    bool isSameColumn = threads % partsOfRow == 0;
    for (int64_t first = 0; first < rows * partsOfRow; first += threads) {
      Value part = isSameColumn ? thread : i.add(thread, first);
      OpBuilder::InsertionGuard guard(b);
      if (rows * partsOfRow - first < threads) {
        Value isPart =
            arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, thread,
                                  i.constant(rows * partsOfRow - first));
        auto guarded = scf::IfOp::create(b, loc, isPart);
        b.setInsertionPointToStart(&guarded.getThenRegion().front());
      }
      visit({i.div(part, partsOfRow), i.mul(i.rem(part, partsOfRow), columns),
             isSameColumn ? first / partsOfRow : 0});
    }
  }

  Value getRow(const Part &part) const {
    return i.add(part.first, part.further);
  }

  /// The address in global memory, where the rows begin at `begin`: that of the
  /// first part, and what is known of the way from there.
  Value buildGlobal(Value buffer, Value begin, const Part &part) {
    auto [strides, offset] = global.getStridesAndOffset();
    auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, buffer);
    auto known = [&](int64_t value, Value dynamic) {
      return ShapedType::isDynamic(value) ? dynamic : i.constant(value);
    };
    Value stride = known(strides[0], metadata.getStrides()[0]);
    Value element = arith::AddIOp::create(
        b, loc, known(offset, metadata.getOffset()),
        arith::MulIOp::create(b, loc, i.add(begin, part.first), stride));
    element = i.add(element, part.column);
    Value base = memref::ExtractAlignedPointerAsIndexOp::create(
        b, loc, metadata.getBaseBuffer());
    Value address = i.add(base, i.mul(element, shared.getElementBytes()));
    address = arith::IndexCastOp::create(b, loc, b.getI64Type(), address);
    auto pointer = LLVM::LLVMPointerType::get(
        b.getContext(), unsigned(NVVM::NVVMMemorySpace::Global));
    Value first = LLVM::IntToPtrOp::create(b, loc, pointer, address);
    Value bytes = i.mul(stride, part.further * shared.getElementBytes());
    bytes = b.createOrFold<arith::IndexCastOp>(loc, b.getI64Type(), bytes);
    return LLVM::GEPOp::create(b, loc, pointer, b.getI8Type(), first,
                               LLVM::GEPArg(bytes));
  }

  OpBuilder &b;
  Location loc;
  IndexBuilder i;
  MemRefType global;
  SharedType shared;
  Value thread;
  int64_t threads, columns, partsOfRow, rows;
};

/// Fails unless the rows of `buffer` are known to suit copies of 16 bytes.
LogicalResult expectAligned(Operation *op, Value buffer) {
  int64_t alignment = getRowAlignment(buffer);
  if (alignment == partBytes)
    return success();
  return op->emitOpError("expects rows aligned to 16 bytes, but they are only "
                         "known to be to ")
         << alignment << "; use #gdn.schedule";
}

struct ConvertCopyIn : public OpConversionPattern<CopyInOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CopyInOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (failed(expectAligned(op, adaptor.getSource())))
      return failure();
    copyParts(op, adaptor, rewriter);
    rewriter.eraseOp(op);
    return success();
  }

  /// Rows from `valid` on read nothing and become zeros.
  void copyParts(CopyInOp op, OpAdaptor adaptor,
                 ConversionPatternRewriter &rewriter) const {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    PartVisitor parts(rewriter, op, op.getSource().getType(),
                      op.getDest().getType());
    SharedAddress shared(rewriter, loc, op.getDest().getType(),
                         adaptor.getDest());
    parts.forEach([&](const PartVisitor::Part &part) {
      Value row = parts.getRow(part);
      Value isValid = arith::CmpIOp::create(
          rewriter, loc, arith::CmpIPredicate::ult, row, adaptor.getValid());
      Value bytes = arith::SelectOp::create(
          rewriter, loc, isValid,
          arith::ConstantIntOp::create(rewriter, loc, partBytes, 32),
          arith::ConstantIntOp::create(rewriter, loc, 0, 32));
      NVVM::CpAsyncOp::create(
          rewriter, loc, shared.build({adaptor.getSlot(), row, part.column}),
          parts.buildGlobal(adaptor.getSource(), adaptor.getRow(), part),
          partBytes, NVVM::LoadCacheModifierKind::CG, bytes);
    });
  }
};

struct ConvertLoadScalars : public OpConversionPattern<LoadScalarsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(LoadScalarsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    TileType tile = op.getTile().getType();
    VectorType type = tile.getRegisterType();
    TypedAttr zero = rewriter.getZeroAttr(type.getElementType());
    Value first = tile.getLayout().buildFirstIndex(
        rewriter, loc, buildThread(rewriter, op), 0);
    Value result =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
    for (int64_t reg = 0; reg < type.getDimSize(0); ++reg) {
      Value index = i.add(first, tile.getLayout().getOffset(0, reg));
      Value isValid = arith::CmpIOp::create(
          rewriter, loc, arith::CmpIPredicate::ult, index, adaptor.getValid());
      auto loaded = scf::IfOp::create(
          rewriter, loc, isValid,
          [&](OpBuilder &b, Location loc) {
            Value value = memref::LoadOp::create(
                b, loc, adaptor.getSource(), i.add(adaptor.getRow(), index));
            scf::YieldOp::create(b, loc, value);
          },
          [&](OpBuilder &b, Location loc) {
            Value none = arith::ConstantOp::create(b, loc, zero);
            scf::YieldOp::create(b, loc, none);
          });
      result = vector::InsertOp::create(rewriter, loc, loaded.getResult(0),
                                        result, reg);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ConvertCopyOut : public OpConversionPattern<CopyOutOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CopyOutOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (failed(expectAligned(op, adaptor.getDest())))
      return failure();
    Location loc = op.getLoc();
    IndexBuilder i(rewriter, loc);
    PartVisitor parts(rewriter, op, op.getDest().getType(),
                      op.getSource().getType());
    SharedAddress shared(rewriter, loc, op.getSource().getType(),
                         adaptor.getSource());
    auto type = VectorType::get(partBytes / 4, rewriter.getI32Type());
    parts.forEach([&](const PartVisitor::Part &part) {
      Value row = parts.getRow(part);
      Value isValid = arith::CmpIOp::create(
          rewriter, loc, arith::CmpIPredicate::ult, row, adaptor.getValid());
      auto guarded = scf::IfOp::create(rewriter, loc, isValid);
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(&guarded.getThenRegion().front());
      Value loaded = LLVM::LoadOp::create(
          rewriter, loc, type,
          shared.build({adaptor.getSlot(), row, part.column}), partBytes);
      LLVM::StoreOp::create(
          rewriter, loc, loaded,
          parts.buildGlobal(adaptor.getDest(), adaptor.getRow(), part),
          partBytes);
    });
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void gdn::populateCopyPatterns(const TypeConverter &converter,
                               RewritePatternSet &patterns) {
  patterns.add<ConvertCopyIn, ConvertLoadScalars, ConvertCopyOut>(
      converter, patterns.getContext());
}
