//===- CheckDialect.cpp - The check dialect -------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Check.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/InliningUtils.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace gdn::check;

#include "gdn/IR/CheckDialect.cpp.inc"

#define GET_OP_CLASSES
#include "gdn/IR/CheckOps.cpp.inc"

/// Gives `op` the buffers of its tensors. Their layouts may differ, so both are
/// cast to the most general one.
static LogicalResult bufferizeCheck(Operation *op, RewriterBase &rewriter,
                                    const BufferizationOptions &options,
                                    BufferizationState &state) {
  SmallVector<Value> buffers;
  for (Value operand : op->getOperands()) {
    FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
    if (failed(buffer))
      return failure();
    buffers.push_back(*buffer);
  }
  if (buffers[0].getType() != buffers[1].getType()) {
    auto tensorType = cast<RankedTensorType>(op->getOperand(0).getType());
    auto type = getMemRefTypeWithFullyDynamicLayout(tensorType);
    for (Value &buffer : buffers)
      buffer =
          rewriter.createOrFold<memref::CastOp>(op->getLoc(), type, buffer);
  }
  rewriter.modifyOpInPlace(op, [&] { op->setOperands(buffers); });
  return success();
}

namespace {
/// Both operands are read; there is no result to alias.
template <typename OpTy>
struct CheckBufferization
    : public BufferizableOpInterface::ExternalModel<CheckBufferization<OpTy>,
                                                    OpTy> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &,
                              const AnalysisState &) const {
    return true;
  }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &,
                               const AnalysisState &) const {
    return false;
  }
  AliasingValueList getAliasingValues(Operation *, OpOperand &,
                                      const AnalysisState &) const {
    return {};
  }
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    return bufferizeCheck(op, rewriter, options, state);
  }
};

/// Any op may move into the function that calls its own.
struct CheckInlinerInterface : public DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

void CheckDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "gdn/IR/CheckOps.cpp.inc"
      >();
  addInterfaces<CheckInlinerInterface>();
  ExpectCloseOp::attachInterface<CheckBufferization<ExpectCloseOp>>(
      *getContext());
  ExpectEqualOp::attachInterface<CheckBufferization<ExpectEqualOp>>(
      *getContext());
}

using Effects = SmallVectorImpl<MemoryEffects::EffectInstance>;

/// Noting a failure is a write to memory that no one sees.
static void getCheckEffects(Operation *op, Effects &effects) {
  effects.emplace_back(MemoryEffects::Write::get());
  for (OpOperand &operand : op->getOpOperands())
    if (isa<MemRefType>(operand.get().getType()))
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
}

void ExpectCloseOp::getEffects(Effects &effects) {
  getCheckEffects(*this, effects);
}

void ExpectEqualOp::getEffects(Effects &effects) {
  getCheckEffects(*this, effects);
}

LogicalResult ExpectCloseOp::verify() {
  // C1
  if (!isa<FloatType>(getActual().getType().getElementType()))
    return emitOpError("expects floating-point elements, but got ")
           << getActual().getType() << "; use check.expect_equal";
  // C2: NaN is not at least 0 either.
  if (!(getAtol().convertToDouble() >= 0 && getRtol().convertToDouble() >= 0))
    return emitOpError("expects 'atol' and 'rtol' to be at least 0");
  return success();
}
