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
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

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
  return text + "wgmma.commit_group.sync.aligned;\n}";
}

/// The descriptor of a matrix without swizzle (PTX ISA): its address, and the
/// distances along and across its rows, in units of 16 bytes. In a cluster, the
/// upper bits of the address tell the CTA, which a descriptor has no room for.
static Value buildDescriptor(ImplicitLocOpBuilder &b, PtxWgmmaOp op) {
  Type i64 = b.getI64Type();
  auto constant = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(b, i64, value);
  };
  Value address = LLVM::PtrToIntOp::create(b, b.getI32Type(), op.getRhs());
  address = LLVM::ZExtOp::create(b, i64, address);
  address = LLVM::AndOp::create(b, address, constant(0x3ffff));
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

/// Text that has `tied` as its first operands and as its results too, after
/// which come `operands`, of `inputs` in constraints.
static SmallVector<Value> buildText(ImplicitLocOpBuilder &b, StringRef text,
                                    ArrayRef<Value> tied,
                                    ArrayRef<Value> operands,
                                    StringRef inputs) {
  std::string outputs, ties;
  for (size_t i = 0; i < tied.size(); ++i) {
    outputs += i ? ",=f" : "=f";
    ties += "," + std::to_string(i);
  }
  SmallVector<Value> all(operands);
  llvm::append_range(all, tied);
  SmallVector<Type> types(tied.size(), b.getF32Type());
  auto type = LLVM::LLVMStructType::getLiteral(b.getContext(), types);
  auto block = LLVM::InlineAsmOp::create(
      b, type, all, text, outputs + inputs.str() + ties + ",~{memory}",
      /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr());
  SmallVector<Value> results;
  for (size_t i = 0; i < tied.size(); ++i)
    results.push_back(
        LLVM::ExtractValueOp::create(b, block.getRes(), int64_t(i)));
  return results;
}

/// Whether `op` writes nothing that a product may be reading: of memory, that
/// is shared memory which other threads read, too, and which nobody writes
/// before they have met. So a thread's own stores there do no harm. (`ldmatrix`
/// and `stmatrix` do not tell what they do.)
static bool leavesFactors(Operation *op) {
  if (isa<NVVM::LdMatrixOp, NVVM::StMatrixOp>(op))
    return true;
  auto effects = getEffectsRecursively(op);
  return effects &&
         llvm::all_of(*effects, [](const MemoryEffects::EffectInstance &it) {
           return isa<MemoryEffects::Read>(it.getEffect());
         });
}

/// The first operation behind `op` that computes with what it has summed, or
/// that may write memory which the product is still reading, or let others do
/// so. What only moves sums between vectors goes there, too.
static Operation *sinkUses(PtxWgmmaOp op) {
  SetVector<Operation *> moves;
  auto usesSums = [&](Operation *next) {
    return llvm::any_of(next->getOperands(), [&](Value operand) {
      Operation *def = operand.getDefiningOp();
      return def == op || moves.contains(def);
    });
  };
  Operation *end = op->getNextNode();
  for (; !end->hasTrait<OpTrait::IsTerminator>(); end = end->getNextNode()) {
    if (!usesSums(end) && leavesFactors(end))
      continue;
    if (!isa<LLVM::ExtractElementOp, LLVM::InsertElementOp,
             LLVM::ShuffleVectorOp, LLVM::ExtractValueOp, LLVM::InsertValueOp>(
            end))
      break;
    moves.insert(end);
  }
  for (Operation *move : moves)
    move->moveBefore(end);
  return moves.empty() ? end : moves.front();
}

/// The instructions, and as late as may be the wait for them.
static void convert(PtxWgmmaOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  SmallVector<Value> sums = unpack(b, op.getAcc());
  SmallVector<Value> operands = unpack(b, op.getLhs());
  std::string inputs;
  for (size_t i = 0; i < operands.size(); ++i)
    inputs += ",r";
  operands.push_back(buildDescriptor(b, op));
  sums = buildText(b, formatWgmma(op), sums, operands, inputs + ",l");
  b.setInsertionPoint(sinkUses(op));
  sums = buildText(b, "wgmma.wait_group.sync.aligned 0;", sums, {}, "");
  Value result = LLVM::PoisonOp::create(b, op.getAcc().getType());
  for (auto [i, sum] : llvm::enumerate(sums))
    result = LLVM::InsertElementOp::create(
        b, result, sum,
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
