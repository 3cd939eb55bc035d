//===- ConvertGpuToRuntime.cpp - Launches to calls of the runtime ---------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeNames.h"
#include "gdn/Conversion/Passes.h"
#include "mlir/Analysis/DataLayoutAnalysis.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/FunctionCallUtils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace gdn {
#define GEN_PASS_DEF_CONVERTGPUTORUNTIMEPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

namespace {

/// Builds the globals that describe kernels to the runtime: GdnKernel of
/// gdn-c/Gpu.h.
class KernelTable {
public:
  explicit KernelTable(ModuleOp module)
      : symbols(module), context(module.getContext()),
        pointer(LLVM::LLVMPointerType::get(context)) {}

  /// The global of the kernel that `launch` names, with arguments of `types`.
  FailureOr<LLVM::GlobalOp> get(gpu::LaunchFuncOp launch, ArrayRef<Type> types);

private:
  LLVM::GlobalOp insert(OpBuilder &builder, Location loc, Type type,
                        StringRef name, Attribute value);
  LLVM::GlobalOp insertText(OpBuilder &builder, Location loc, StringRef name,
                            StringRef bytes);
  LLVM::GlobalOp insertSizes(OpBuilder &builder, Location loc, StringRef name,
                             ArrayRef<Type> types);
  void buildDescriptor(OpBuilder &builder, LLVM::GlobalOp kernel,
                       ArrayRef<std::pair<int64_t, Operation *>> addresses,
                       ArrayRef<std::pair<int64_t, int64_t>> numbers);

  SymbolTable symbols;
  DenseMap<Attribute, LLVM::GlobalOp> kernels;
  MLIRContext *context;
  Type pointer;
};

} // namespace

LLVM::GlobalOp KernelTable::insert(OpBuilder &builder, Location loc, Type type,
                                   StringRef name, Attribute value) {
  OpBuilder::InsertionGuard guard(builder);
  builder.clearInsertionPoint();
  auto global =
      LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/bool(value),
                             LLVM::Linkage::Internal, name, value);
  symbols.insert(global, symbols.getOp()->getRegion(0).front().begin());
  return global;
}

LLVM::GlobalOp KernelTable::insertText(OpBuilder &builder, Location loc,
                                       StringRef name, StringRef bytes) {
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
  return insert(builder, loc, type, name, builder.getStringAttr(bytes));
}

LLVM::GlobalOp KernelTable::insertSizes(OpBuilder &builder, Location loc,
                                        StringRef name, ArrayRef<Type> types) {
  DataLayout layout(cast<ModuleOp>(symbols.getOp()));
  SmallVector<int64_t> sizes;
  for (Type type : types)
    sizes.push_back(layout.getTypeSize(type));
  auto type = LLVM::LLVMArrayType::get(builder.getI64Type(), sizes.size());
  auto value = DenseElementsAttr::get(
      RankedTensorType::get(sizes.size(), builder.getI64Type()),
      ArrayRef<int64_t>(sizes));
  return insert(builder, loc, type, name, value);
}

/// Fills a GdnKernel: the fields at these positions, and zero elsewhere.
void KernelTable::buildDescriptor(
    OpBuilder &builder, LLVM::GlobalOp kernel,
    ArrayRef<std::pair<int64_t, Operation *>> addresses,
    ArrayRef<std::pair<int64_t, int64_t>> numbers) {
  OpBuilder::InsertionGuard guard(builder);
  Location loc = kernel.getLoc();
  builder.createBlock(&kernel.getInitializerRegion());
  auto type = cast<LLVM::LLVMStructType>(kernel.getType());
  Value fields = LLVM::ZeroOp::create(builder, loc, type);
  auto set = [&](int64_t field, Value value) {
    fields = LLVM::InsertValueOp::create(builder, loc, fields, value, field);
  };
  for (auto [field, symbol] : addresses)
    set(field, LLVM::AddressOfOp::create(builder, loc, pointer,
                                         SymbolTable::getSymbolName(symbol)));
  for (auto [field, number] : numbers)
    set(field, LLVM::ConstantOp::create(
                   builder, loc, type.getBody()[field],
                   builder.getIntegerAttr(type.getBody()[field], number)));
  LLVM::ReturnOp::create(builder, loc, fields);
}

FailureOr<LLVM::GlobalOp> KernelTable::get(gpu::LaunchFuncOp launch,
                                           ArrayRef<Type> types) {
  StringRef module = launch.getKernelModuleName().getValue(),
            function = launch.getKernelName().getValue();
  LLVM::GlobalOp &kernel = kernels[launch.getKernel()];
  if (kernel)
    return kernel;
  // Of the names of globals, the symbol table makes new ones where they clash.
  std::string name = (module + "_" + function).str();
  // image, image_size, name, simulated, argument_sizes, num_arguments,
  // static_shared_bytes, cache.
  OpBuilder builder(context);
  Type i64 = builder.getI64Type(), i32 = builder.getI32Type();
  Location loc = launch.getLoc();
  SmallVector<std::pair<int64_t, Operation *>> addresses;
  SmallVector<std::pair<int64_t, int64_t>> numbers = {
      {5, int64_t(types.size())}};
  if (auto binary = symbols.lookup<gpu::BinaryOp>(module)) {
    if (binary.getObjects().size() != 1)
      return launch.emitError("expects one object for kernel ")
             << launch.getKernel() << ", but got " << binary.getObjects().size()
             << "; use --gdn-to-nvvm for one chip";
    auto object = cast<gpu::ObjectAttr>(binary.getObjects()[0]);
    // PTX is text, which ends with a zero.
    std::string bytes = object.getObject().getValue().str() + '\0';
    addresses.push_back(
        {0, insertText(builder, loc, "__gdn_image_" + name, bytes)});
    numbers.push_back({1, int64_t(bytes.size())});
  } else if (auto simulated = symbols.lookup<LLVM::LLVMFuncOp>(
                 getSimulatedName(module, function))) {
    addresses.push_back({3, simulated});
  } else {
    return launch.emitError("expects kernel ")
           << launch.getKernel() << " as an object or simulated";
  }
  std::string symbol = function.str() + '\0';
  addresses.push_back(
      {2, insertText(builder, loc, "__gdn_name_" + name, symbol)});
  addresses.push_back(
      {4, insertSizes(builder, loc, "__gdn_sizes_" + name, types)});
  auto type = LLVM::LLVMStructType::getLiteral(
      context, {pointer, i64, pointer, pointer, pointer, i32, i32, pointer});
  kernel = insert(builder, loc, type, "__gdn_kernel_" + name, Attribute());
  buildDescriptor(builder, kernel, addresses, numbers);
  return kernel;
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// Calls a function of the runtime, which it declares where it is missing.
static FailureOr<LLVM::CallOp> buildCall(ConversionPatternRewriter &rewriter,
                                         Operation *op, StringRef name,
                                         Type result, ValueRange arguments) {
  auto module = op->getParentOfType<ModuleOp>();
  auto function = LLVM::lookupOrCreateFn(
      rewriter, module, name, llvm::to_vector(arguments.getTypes()), result);
  if (failed(function))
    return failure();
  return LLVM::CallOp::create(rewriter, op->getLoc(), *function, arguments);
}

namespace {

struct ConvertAlloc : public ConvertOpToLLVMPattern<gpu::AllocOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::AllocOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    MemRefType type = op.getType();
    if (op.getAsyncToken() || !isConvertibleAndHasIdentityMaps(type))
      return rewriter.notifyMatchFailure(op, "not synchronous and row-major");
    Location loc = op.getLoc();
    SmallVector<Value> shape, strides;
    Value bytes;
    getMemRefDescriptorSizes(loc, type, adaptor.getDynamicSizes(), rewriter,
                             shape, strides, bytes);
    FailureOr<LLVM::CallOp> call =
        buildCall(rewriter, op, "gdn_gpu_allocate", getPtrType(), bytes);
    if (failed(call))
      return failure();
    Value address = call->getResult();
    Value buffer = createMemRefDescriptor(loc, type, address, address, shape,
                                          strides, rewriter);
    rewriter.replaceOp(op, buffer);
    return success();
  }
};

struct ConvertDealloc : public ConvertOpToLLVMPattern<gpu::DeallocOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::DeallocOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getAsyncToken())
      return rewriter.notifyMatchFailure(op, "not synchronous");
    Value address = MemRefDescriptor(adaptor.getMemref())
                        .allocatedPtr(rewriter, op.getLoc());
    if (failed(buildCall(rewriter, op, "gdn_gpu_free", getVoidType(), address)))
      return failure();
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertMemcpy : public ConvertOpToLLVMPattern<gpu::MemcpyOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::MemcpyOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto direction = op->getAttrOfType<StringAttr>("gdn.direction");
    auto type = cast<MemRefType>(op.getSrc().getType());
    if (op.getAsyncToken() || !op.getAsyncDependencies().empty() ||
        !direction || !type.getLayout().isIdentity() ||
        !cast<MemRefType>(op.getDst().getType()).getLayout().isIdentity())
      return rewriter.notifyMatchFailure(op, "not a staged copy");
    Location loc = op.getLoc();
    MemRefDescriptor source(adaptor.getSrc()), target(adaptor.getDst());
    Value bytes = getSizeInBytes(loc, type.getElementType(), rewriter);
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      bytes = LLVM::MulOp::create(rewriter, loc, bytes,
                                  source.size(rewriter, loc, dim));
    Value from = source.bufferPtr(rewriter, loc, *getTypeConverter(), type);
    Value to = target.bufferPtr(rewriter, loc, *getTypeConverter(), type);
    if (failed(buildCall(rewriter, op, "gdn_gpu_copy_" + direction.str(),
                         getVoidType(), {to, from, bytes})))
      return failure();
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertLaunch : public ConvertOpToLLVMPattern<gpu::LaunchFuncOp> {
  ConvertLaunch(const LLVMTypeConverter &converter, KernelTable &kernels)
      : ConvertOpToLLVMPattern(converter), kernels(kernels) {}

  LogicalResult
  matchAndRewrite(gpu::LaunchFuncOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    if (op.getAsyncToken() || !op.getAsyncDependencies().empty())
      return rewriter.notifyMatchFailure(op, "not synchronous");
    if (op.hasClusterSize())
      return op.emitError("expects a launch without clusters, which the "
                          "runtime does not have");
    SmallVector<Value> arguments = getArguments(op, adaptor, rewriter);
    FailureOr<LLVM::GlobalOp> kernel =
        kernels.get(op, llvm::to_vector(TypeRange(ValueRange(arguments))));
    if (failed(kernel))
      return failure();
    Value shared = LLVM::ZeroOp::create(rewriter, loc, rewriter.getI64Type());
    if (Value bytes = adaptor.getDynamicSharedMemorySize())
      shared =
          LLVM::SExtOp::create(rewriter, loc, rewriter.getI64Type(), bytes);
    if (failed(buildCall(rewriter, op, "gdn_gpu_launch", getVoidType(),
                         {LLVM::AddressOfOp::create(rewriter, loc, *kernel),
                          adaptor.getGridSizeX(), adaptor.getGridSizeY(),
                          adaptor.getGridSizeZ(), adaptor.getBlockSizeX(),
                          adaptor.getBlockSizeY(), adaptor.getBlockSizeZ(),
                          shared, buildAddresses(op, arguments, rewriter)})))
      return failure();
    rewriter.eraseOp(op);
    return success();
  }

private:
  /// Kernels take the addresses of buffers, and scalars.
  SmallVector<Value> getArguments(gpu::LaunchFuncOp op, OpAdaptor adaptor,
                                  ConversionPatternRewriter &rewriter) const {
    SmallVector<Value> arguments;
    for (auto [operand, value] :
         llvm::zip(op.getKernelOperands(), adaptor.getKernelOperands())) {
      auto type = dyn_cast<MemRefType>(operand.getType());
      arguments.push_back(
          type ? MemRefDescriptor(value).bufferPtr(rewriter, op.getLoc(),
                                                   *getTypeConverter(), type)
               : value);
    }
    return arguments;
  }

  /// An array of the addresses of copies of `arguments`, on the stack of the
  /// function: a launch in a loop uses it again.
  Value buildAddresses(gpu::LaunchFuncOp op, ArrayRef<Value> arguments,
                       ConversionPatternRewriter &rewriter) const {
    Location loc = op.getLoc();
    auto function = op->getParentOfType<FunctionOpInterface>();
    auto allocate = [&](Type type, int64_t count) -> Value {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(&function.getFunctionBody().front());
      Value size = LLVM::ConstantOp::create(
          rewriter, loc, rewriter.getI64Type(), rewriter.getIndexAttr(count));
      return LLVM::AllocaOp::create(rewriter, loc, getPtrType(), type, size);
    };
    Value addresses = allocate(getPtrType(), arguments.size());
    for (auto [i, argument] : llvm::enumerate(arguments)) {
      Value copy = allocate(argument.getType(), 1);
      LLVM::StoreOp::create(rewriter, loc, argument, copy);
      Value slot =
          LLVM::GEPOp::create(rewriter, loc, getPtrType(), getPtrType(),
                              addresses, ArrayRef<LLVM::GEPArg>{int32_t(i)});
      LLVM::StoreOp::create(rewriter, loc, copy, slot);
    }
    return addresses;
  }

  KernelTable &kernels;
};

struct ConvertGpuToRuntimePass
    : public gdn::impl::ConvertGpuToRuntimePassBase<ConvertGpuToRuntimePass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(verifyFunctionNames(module)))
      return signalPassFailure();
    LowerToLLVMOptions options(
        &getContext(), getAnalysis<DataLayoutAnalysis>().getAtOrAbove(module));
    LLVMTypeConverter converter(&getContext(), options);
    KernelTable kernels(module);
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvertAlloc, ConvertDealloc, ConvertMemcpy>(converter);
    patterns.add<ConvertLaunch>(converter, kernels);
    ConversionTarget target(getContext());
    target.addIllegalOp<gpu::AllocOp, gpu::DeallocOp, gpu::MemcpyOp,
                        gpu::LaunchFuncOp>();
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    // Kernels are in modules of their own, which stay as they are.
    target.markOpRecursivelyLegal<gpu::GPUModuleOp>();
    target.addLegalOp<gpu::GPUModuleOp>();
    if (failed(applyPartialConversion(module, target, std::move(patterns))))
      return signalPassFailure();
    for (Operation &op : llvm::make_early_inc_range(module.getOps()))
      if (isa<gpu::GPUModuleOp, gpu::BinaryOp>(op))
        op.erase();
    module->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
  }
};

} // namespace
