//===- ConvertCheckToRuntime.cpp - Checks to calls of the runtime ---------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Locations.h"
#include "RuntimeNames.h"
#include "gdn/Conversion/Passes.h"
#include "gdn/IR/Check.h"
#include "gdn/Support/DType.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace gdn {
#define GEN_PASS_DEF_CONVERTCHECKTORUNTIMEPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;
using namespace gdn::check;

namespace {
/// Builds calls of runtime functions at an op, with the declarations and
/// strings that these need in the module.
class RuntimeCalls {
public:
  explicit RuntimeCalls(ModuleOp module) : symbols(module) {}

  /// Calls `function`, which returns nothing.
  void create(OpBuilder &builder, Location loc, StringRef function,
              ValueRange arguments);

  /// The address of a zero-terminated copy of `text`.
  Value getString(OpBuilder &builder, Location loc, StringRef text);

private:
  SymbolTable symbols;
  llvm::StringMap<LLVM::LLVMFuncOp> functions;
  llvm::StringMap<LLVM::GlobalOp> strings;
};
} // namespace

void RuntimeCalls::create(OpBuilder &builder, Location loc, StringRef function,
                          ValueRange arguments) {
  LLVM::LLVMFuncOp &callee = functions[function];
  if (!callee)
    callee = symbols.lookup<LLVM::LLVMFuncOp>(function);
  if (!callee) {
    auto type =
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(loc.getContext()),
                                    llvm::to_vector(arguments.getTypes()));
    OpBuilder::InsertionGuard guard(builder);
    builder.clearInsertionPoint();
    callee = LLVM::LLVMFuncOp::create(builder, symbols.getOp()->getLoc(),
                                      function, type);
    symbols.insert(callee, symbols.getOp()->getRegion(0).front().begin());
  }
  LLVM::CallOp::create(builder, loc, callee, arguments);
}

Value RuntimeCalls::getString(OpBuilder &builder, Location loc,
                              StringRef text) {
  LLVM::GlobalOp &global = strings[text];
  if (!global) {
    std::string bytes = (text + StringRef("\0", 1)).str();
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
    OpBuilder::InsertionGuard guard(builder);
    builder.clearInsertionPoint();
    global = LLVM::GlobalOp::create(
        builder, symbols.getOp()->getLoc(), type, /*isConstant=*/true,
        LLVM::Linkage::Internal, "gdn_text", builder.getStringAttr(bytes));
    symbols.insert(global, symbols.getOp()->getRegion(0).front().begin());
  }
  return LLVM::AddressOfOp::create(builder, loc, global);
}

/// Appends rank and address of the descriptor of `buffer`: what an unranked
/// memref becomes once memrefs are lowered.
static void appendDescriptor(OpBuilder &builder, Location loc, Value buffer,
                             SmallVectorImpl<Value> &arguments) {
  auto type = cast<MemRefType>(buffer.getType());
  auto unranked =
      UnrankedMemRefType::get(type.getElementType(), type.getMemorySpace());
  auto rankType = builder.getI64Type();
  auto pointerType = LLVM::LLVMPointerType::get(builder.getContext());
  auto lowered = LLVM::LLVMStructType::getLiteral(builder.getContext(),
                                                  {rankType, pointerType});
  Value descriptor = memref::CastOp::create(builder, loc, unranked, buffer);
  descriptor =
      UnrealizedConversionCastOp::create(builder, loc, lowered, descriptor)
          .getResult(0);
  for (int64_t field : {0, 1})
    arguments.push_back(
        LLVM::ExtractValueOp::create(builder, loc, descriptor, field));
}

/// Replaces a check by a call of `function` on both buffers, the code of their
/// elements, `tolerances` and the location.
static void convertCheck(Operation *op, StringRef function,
                         ArrayRef<APFloat> tolerances, RuntimeCalls &calls) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  SmallVector<Value> arguments;
  for (Value operand : op->getOperands())
    appendDescriptor(builder, loc, operand, arguments);
  auto type = cast<MemRefType>(op->getOperand(0).getType());
  arguments.push_back(arith::ConstantIntOp::create(
      builder, loc, *getDType(type.getElementType()), /*width=*/32));
  for (const APFloat &tolerance : tolerances)
    arguments.push_back(arith::ConstantOp::create(
        builder, loc, builder.getF64FloatAttr(tolerance.convertToDouble())));
  arguments.push_back(calls.getString(builder, loc, formatLocation(loc)));
  calls.create(builder, loc, function, arguments);
  op->erase();
}

/// Replaces an assertion by a branch around the call that reports it.
static void convertAssert(cf::AssertOp op, RuntimeCalls &calls) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Value yes = arith::ConstantIntOp::create(builder, loc, 1, /*width=*/1);
  Value failed = arith::XOrIOp::create(builder, loc, op.getArg(), yes);
  scf::IfOp::create(builder, loc, failed, [&](OpBuilder &nested, Location) {
    Value message = calls.getString(nested, loc, op.getMsg());
    calls.create(nested, loc, "gdn_runtime_fail", message);
    scf::YieldOp::create(nested, loc);
  });
  op.erase();
}

namespace {
struct ConvertCheckToRuntimePass
    : public gdn::impl::ConvertCheckToRuntimePassBase<
          ConvertCheckToRuntimePass> {
  void runOnOperation() override {
    if (failed(verifyFunctionNames(getOperation())))
      return signalPassFailure();
    // Both kinds may stand in one function: collect before anything changes.
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<cf::AssertOp, ExpectCloseOp, ExpectEqualOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops)
      if (!isa<cf::AssertOp>(op) &&
          !isa<MemRefType>(op->getOperand(0).getType())) {
        op->emitOpError("expects buffers; run one-shot-bufferize first");
        return signalPassFailure();
      }
    RuntimeCalls calls(getOperation());
    for (Operation *op : ops) {
      if (auto assertOp = dyn_cast<cf::AssertOp>(op))
        convertAssert(assertOp, calls);
      else if (auto close = dyn_cast<ExpectCloseOp>(op))
        convertCheck(op, "gdn_check_expect_close",
                     {close.getAtol(), close.getRtol()}, calls);
      else
        convertCheck(op, "gdn_check_expect_equal", {}, calls);
    }
  }
};
} // namespace
