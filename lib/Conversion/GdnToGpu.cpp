//===- GdnToGpu.cpp - Tiles to the registers of threads -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GdnToGpu.h"
#include "gdn/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace gdn {
#define GEN_PASS_DEF_CONVERTGDNTOGPUPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

TileTypeConverter::TileTypeConverter() {
  addConversion([](Type type) { return type; });
  addConversion([](TileType type) { return type.getRegisterType(); });
  auto toAddress = [](Type type) {
    return LLVM::LLVMPointerType::get(type.getContext(),
                                      unsigned(NVVM::NVVMMemorySpace::Shared));
  };
  addConversion([=](SharedType type) { return toAddress(type); });
  addConversion([=](EventType type) { return toAddress(type); });
}

Value gdn::buildThread(OpBuilder &builder, Operation *op) {
  Location loc = op->getLoc();
  Value thread = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  auto role = op->getParentOfType<WarpRoleOp>();
  if (!role)
    return thread;
  // A difference that would be negative is never used.
  IndexBuilder i(builder, loc);
  Value inRole = builder.createOrFold<arith::SubIOp>(
      loc, thread, i.constant(32 * role.getFirst()));
  return role.getTeams() == 1 ? inRole : i.rem(inRole, role.getTeamThreads());
}

namespace {

/// An element-wise op on tiles is the same op on registers.
struct ConvertElementwise : public ConversionPattern {
  ConvertElementwise(const TypeConverter &converter, MLIRContext *context)
      : ConversionPattern(converter, MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    if (!OpTrait::hasElementwiseMappableTraits(op) ||
        failed(getTypeConverter()->convertTypes(op->getResultTypes(), types)))
      return rewriter.notifyMatchFailure(op, "not element-wise");
    Operation *converted =
        rewriter.create(op->getLoc(), op->getName().getIdentifier(), operands,
                        types, op->getAttrs());
    rewriter.replaceOp(op, converted->getResults());
    return success();
  }
};

struct ConvertSplat : public OpConversionPattern<TileSplatOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileSplatOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<vector::BroadcastOp>(
        op, op.getTile().getType().getRegisterType(), adaptor.getValue());
    return success();
  }
};

/// Adds half of the last bit that counts; tensor cores leave out the others.
static Value roundToTf32(Value registers, OpBuilder &b) {
  Location loc = registers.getLoc();
  auto type = cast<VectorType>(registers.getType());
  Type bits = type.clone(b.getI32Type());
  Value half = arith::ConstantOp::create(
      b, loc,
      SplatElementsAttr::get(cast<ShapedType>(bits),
                             b.getI32IntegerAttr(1 << 12)));
  Value sum = arith::AddIOp::create(
      b, loc, arith::BitcastOp::create(b, loc, bits, registers), half);
  return arith::BitcastOp::create(b, loc, type, sum);
}

/// bf16 is the upper half of f32: exact, and cheaper than a conversion that
/// flushes subnormals. Two of them come from 32 bits, as they are loaded.
static Value widenBf16(Value registers, VectorType type, OpBuilder &b) {
  Location loc = registers.getLoc();
  int64_t count = type.getNumElements();
  auto flat = VectorType::get(count, b.getBF16Type());
  registers = vector::ShapeCastOp::create(b, loc, flat, registers);
  auto splat = [&](VectorType bits, int32_t value) {
    return arith::ConstantOp::create(
        b, loc, SplatElementsAttr::get(bits, b.getI32IntegerAttr(value)));
  };
  Value wide;
  if (count % 2 == 0) {
    auto bits = VectorType::get(count / 2, b.getI32Type());
    Value pairs = vector::BitCastOp::create(b, loc, bits, registers);
    wide = vector::InterleaveOp::create(
        b, loc, arith::ShLIOp::create(b, loc, pairs, splat(bits, 16)),
        arith::AndIOp::create(b, loc, pairs, splat(bits, 0xffff0000)));
  } else {
    auto bits = VectorType::get(count, b.getI32Type());
    Value narrow = arith::BitcastOp::create(
        b, loc, VectorType::get(count, b.getI16Type()), registers);
    wide = arith::ShLIOp::create(
        b, loc, arith::ExtUIOp::create(b, loc, bits, narrow), splat(bits, 16));
  }
  wide = arith::BitcastOp::create(b, loc, flat.clone(b.getF32Type()), wide);
  return vector::ShapeCastOp::create(b, loc, type, wide);
}

struct ConvertCast : public OpConversionPattern<TileCastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileCastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    VectorType type = op.getOutput().getType().getRegisterType();
    if (op.getOutput().getType().getElementType().isTF32())
      rewriter.replaceOp(op, roundToTf32(adaptor.getInput(), rewriter));
    else if (type.getElementType().isF32() &&
             op.getInput().getType().getElementType().isBF16())
      rewriter.replaceOp(op, widenBf16(adaptor.getInput(), type, rewriter));
    else if (type.getElementTypeBitWidth() >
             op.getInput().getType().getElementTypeBitWidth())
      rewriter.replaceOpWithNewOp<arith::ExtFOp>(op, type, adaptor.getInput());
    else
      rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, type,
                                                   adaptor.getInput());
    return success();
  }
};

struct ConvertExpand : public OpConversionPattern<TileExpandOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TileExpandOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    VectorType type = op.getOutput().getType().getRegisterType();
    SmallVector<int64_t> shape(type.getShape());
    shape[op.getDim()] = 1;
    Value row = vector::ShapeCastOp::create(
        rewriter, op.getLoc(), VectorType::get(shape, type.getElementType()),
        adaptor.getInput());
    rewriter.replaceOpWithNewOp<vector::BroadcastOp>(op, type, row);
    return success();
  }
};

/// It becomes an attribute of the kernel.
struct ConvertMinCtas : public OpConversionPattern<MinCtasOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MinCtasOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto kernel = op->getParentOfType<gpu::GPUFuncOp>();
    rewriter.modifyOpInPlace(kernel, [&] {
      kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                      rewriter.getI32IntegerAttr(op.getCount()));
    });
    rewriter.eraseOp(op);
    return success();
  }
};

/// It becomes an attribute of the kernel, too.
struct ConvertClusterSize : public OpConversionPattern<ClusterSizeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ClusterSizeOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto kernel = op->getParentOfType<gpu::GPUFuncOp>();
    rewriter.modifyOpInPlace(kernel, [&] {
      kernel->setAttr(
          NVVM::NVVMDialect::getClusterDimAttrName(),
          rewriter.getDenseI32ArrayAttr({int32_t(op.getCount()), 1, 1}));
    });
    rewriter.eraseOp(op);
    return success();
  }
};

/// What these ask for becomes an attribute of a kernel.
LogicalResult verifyKernelRequests(Operation *root) {
  WalkResult result = root->walk([](Operation *op) {
    if (!isa<MinCtasOp, ClusterSizeOp>(op) ||
        op->getParentOfType<gpu::GPUFuncOp>())
      return WalkResult::advance();
    op->emitOpError("expects a gpu.func around it; outline the kernels first");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// Buffers and events are places in the shared memory of a kernel's module.
LogicalResult verifyShared(Operation *root) {
  WalkResult result = root->walk([](Operation *op) {
    if (!isa<SharedAllocOp, EventCreateOp>(op) ||
        op->getParentOfType<gpu::GPUModuleOp>())
      return WalkResult::advance();
    op->emitOpError(
        "expects a gpu.module around it; outline the kernels first");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// The warps that hold a tile of `layout`; a slice has them of its parent.
int64_t countWarps(TileLayoutInterface layout) {
  while (auto slice = dyn_cast<SliceLayoutAttr>(layout))
    layout = slice.getParent();
  int64_t warps = 1;
  for (int64_t dim = 0; dim < layout.getRank(); ++dim)
    warps *= layout.getWarpsAlong(dim);
  return warps;
}

/// The warps that execute `op` together, where that is known.
std::optional<int64_t> countTeamWarps(Operation *op) {
  if (auto role = op->getParentOfType<WarpRoleOp>())
    return role.getTeamThreads() / 32;
  auto kernel = op->getParentOfType<gpu::GPUFuncOp>();
  if (!kernel)
    return std::nullopt;
  std::optional<ArrayRef<int32_t>> block = kernel.getKnownBlockSize();
  if (!block)
    return std::nullopt;
  return llvm::product_of(*block, int64_t(1)) / 32;
}

/// More warps than a layout has would reach behind the tile, or store what
/// others store; fewer would leave parts of it out.
LogicalResult verifyTileWarps(Operation *root) {
  WalkResult result = root->walk([](Operation *op) {
    TileType tile;
    if (auto load = dyn_cast<TileLoadOp>(op))
      tile = load.getTile().getType();
    else if (auto store = dyn_cast<TileStoreOp>(op))
      tile = store.getTile().getType();
    std::optional<int64_t> team = countTeamWarps(op);
    if (!tile || !team || *team == countWarps(tile.getLayout()))
      return WalkResult::advance();
    op->emitOpError("expects the layout of 'tile' to have the ")
        << *team << " warps that are there, but got "
        << countWarps(tile.getLayout());
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

struct ConvertGdnToGpuPass
    : public gdn::impl::ConvertGdnToGpuPassBase<ConvertGdnToGpuPass> {
  void runOnOperation() override {
    if (failed(verifyKernelRequests(getOperation())) ||
        failed(verifyShared(getOperation())) ||
        failed(verifyTileWarps(getOperation())))
      return signalPassFailure();
    TileTypeConverter converter;
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvertElementwise, ConvertSplat, ConvertCast, ConvertExpand,
                 ConvertMinCtas, ConvertClusterSize>(converter, &getContext());
    populateTileMemoryPatterns(converter, patterns);
    populateTileSumPatterns(converter, patterns);
    populateSharedMemoryPatterns(converter, patterns);
    populateCopyPatterns(converter, patterns);
    populateEventPatterns(converter, patterns);
    populateTileMmaPatterns(converter, patterns);
    populateTileRowPatterns(converter, patterns);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   converter);
    populateReturnOpTypeConversionPattern(patterns, converter);
    ConversionTarget target(getContext());
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                         target);
    target.addLegalDialect<LLVM::LLVMDialect, NVVM::NVVMDialect>();
    target.addIllegalDialect<GdnDialect>();
    target.addLegalOp<WarpRoleOp, PtxWgmmaOp>();
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp function) {
      return converter.isSignatureLegal(function.getFunctionType());
    });
    target.markUnknownOpDynamicallyLegal(
        [&](Operation *op) { return converter.isLegal(op); });
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
