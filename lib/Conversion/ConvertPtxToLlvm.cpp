//===- ConvertPtxToLlvm.cpp - Instructions as text ------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Conversion/Passes.h"
#include "gdn/IR/Gdn.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace gdn {
#define GEN_PASS_DEF_CONVERTPTXTOLLVMPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

/// "{$4, $5, $6}", of `count` registers from number `first` on.
static std::string formatRegisters(int64_t first, int64_t count) {
  std::string text = "{";
  for (int64_t i = 0; i < count; ++i)
    text += (i ? ", $" : "$") + std::to_string(first + i);
  return text + "}";
}

/// Sums are registers 0 to N / 2 - 1; those of the left factor follow, and the
/// descriptor of the right one.
static std::string formatWgmma(PtxWgmmaOp op) {
  int64_t sums = op.getN() / 2, steps = op.getSteps();
  std::string descriptor = "$" + std::to_string(sums + 4 * steps);
  // A step is over two core matrices; descriptors count 16 bytes.
  int64_t step = 2 * op.getLeading() / 16;
  std::string text = "{\n.reg .b64 rhs;\nwgmma.fence.sync.aligned;\n";
  for (int64_t i = 0; i < steps; ++i) {
    std::string rhs = i ? "rhs" : descriptor;
    if (i)
      text += "add.s64 rhs, " + descriptor + ", " + std::to_string(i * step) +
              ";\n";
    text += "wgmma.mma_async.sync.aligned.m64n" + std::to_string(op.getN()) +
            "k8.f32.tf32.tf32 " + formatRegisters(0, sums) + ", " +
            formatRegisters(sums + 4 * i, 4) + ", " + rhs + ", 1, 1, 1;\n";
  }
  return text + "wgmma.commit_group.sync.aligned;\n"
                "wgmma.wait_group.sync.aligned 0;\n}";
}

/// The descriptor of a matrix without swizzle (PTX ISA): its address, and the
/// distances along and across its rows, in units of 16 bytes.
static Value buildDescriptor(ImplicitLocOpBuilder &b, PtxWgmmaOp op) {
  Type i64 = b.getI64Type();
  auto constant = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(b, i64, value);
  };
  Value address = LLVM::PtrToIntOp::create(b, b.getI32Type(), op.getRhs());
  address = LLVM::ZExtOp::create(b, i64, address);
  address = LLVM::LShrOp::create(b, address, constant(4));
  int64_t steps = (op.getLeading() / 16) << 16 | (op.getStride() / 16) << 32;
  return LLVM::OrOp::create(b, address, constant(steps));
}

static SmallVector<Value> unpack(ImplicitLocOpBuilder &b, Value pack) {
  SmallVector<Value> values;
  for (int64_t i = 0; i < cast<VectorType>(pack.getType()).getDimSize(0); ++i)
    values.push_back(LLVM::ExtractElementOp::create(
        b, pack, LLVM::ConstantOp::create(b, b.getI32Type(), i)));
  return values;
}

static void convert(PtxWgmmaOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  SmallVector<Value> sums = unpack(b, op.getAcc());
  SmallVector<Value> operands = unpack(b, op.getLhs());
  std::string outputs, inputs, ties;
  for (size_t i = 0; i < sums.size(); ++i) {
    outputs += i ? ",=f" : "=f";
    ties += "," + std::to_string(i);
  }
  for (size_t i = 0; i < operands.size(); ++i)
    inputs += ",r";
  operands.push_back(buildDescriptor(b, op));
  llvm::append_range(operands, sums);
  SmallVector<Type> types(sums.size(), b.getF32Type());
  auto type = LLVM::LLVMStructType::getLiteral(b.getContext(), types);
  auto text = LLVM::InlineAsmOp::create(
      b, type, operands, formatWgmma(op),
      outputs + inputs + ",l" + ties + ",~{memory}",
      /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr());
  Value result = LLVM::PoisonOp::create(b, op.getAcc().getType());
  for (size_t i = 0; i < sums.size(); ++i)
    result = LLVM::InsertElementOp::create(
        b, result, LLVM::ExtractValueOp::create(b, text.getRes(), int64_t(i)),
        LLVM::ConstantOp::create(b, b.getI32Type(), int64_t(i)));
  op.replaceAllUsesWith(result);
  op.erase();
}

namespace {
struct ConvertPtxToLlvmPass
    : public gdn::impl::ConvertPtxToLlvmPassBase<ConvertPtxToLlvmPass> {
  void runOnOperation() override {
    getOperation()->walk([](PtxWgmmaOp op) { convert(op); });
  }
};
} // namespace
