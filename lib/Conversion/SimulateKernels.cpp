//===- SimulateKernels.cpp - Kernels as host code -------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeNames.h"
#include "Simulation.h"
#include "gdn/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace gdn {
#define GEN_PASS_DEF_SIMULATEKERNELSPASS
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

using namespace mlir;
using namespace gdn;

static constexpr unsigned sharedSpace = 3;

//===----------------------------------------------------------------------===//
// What can be simulated
//===----------------------------------------------------------------------===//

/// The variable in shared memory whose address `op` takes, or null.
static LLVM::GlobalOp getSharedVariable(LLVM::AddressOfOp op) {
  auto global = SymbolTable::lookupNearestSymbolFrom<LLVM::GlobalOp>(
      op, op.getGlobalNameAttr());
  return global && global.getAddrSpace() == sharedSpace ? global : nullptr;
}

/// The function of the same module that `op` calls, or null.
static LLVM::LLVMFuncOp getCallee(LLVM::CallOp op) {
  if (!op.getCalleeAttr())
    return nullptr;
  auto callee = SymbolTable::lookupNearestSymbolFrom<LLVM::LLVMFuncOp>(
      op, op.getCalleeAttr());
  return callee && !callee.isExternal() ? callee : nullptr;
}

/// True if the host does the same as a GPU when it executes `op`.
static bool isNative(Operation *op) {
  if (isa<LLVM::AllocaOp, LLVM::AssumeOp, LLVM::LifetimeStartOp,
          LLVM::LifetimeEndOp>(op))
    return true;
  return isa<LLVM::LLVMDialect>(op->getDialect()) &&
         !isa<LLVM::CallIntrinsicOp, LLVM::InlineAsmOp>(op) &&
         (op->hasTrait<OpTrait::IsTerminator>() || isMemoryEffectFree(op));
}

static LogicalResult checkOp(Operation *op) {
  if (isSimulated(op))
    return checkSimulated(op);
  if (isa<LLVM::Trap>(op))
    return success();
  if (auto load = dyn_cast<LLVM::LoadOp>(op)) {
    if (load.getOrdering() == LLVM::AtomicOrdering::not_atomic)
      return success();
    return op->emitOpError("is atomic, which is not known to the simulator");
  }
  if (auto store = dyn_cast<LLVM::StoreOp>(op)) {
    if (store.getOrdering() == LLVM::AtomicOrdering::not_atomic)
      return success();
    return op->emitOpError("is atomic, which is not known to the simulator");
  }
  if (auto address = dyn_cast<LLVM::AddressOfOp>(op)) {
    if (getSharedVariable(address))
      return success();
    return op->emitOpError("expects a variable in shared memory, but got '")
           << address.getGlobalName()
           << "', which is not known to the simulator";
  }
  if (auto call = dyn_cast<LLVM::CallOp>(op)) {
    if (getCallee(call))
      return success();
    return op->emitOpError("calls a function without a body, which is not "
                           "known to the simulator");
  }
  return isNative(op) ? success()
                      : op->emitOpError("is not known to the simulator");
}

/// Reports all ops of `function` that cannot be simulated.
static LogicalResult checkFunction(LLVM::LLVMFuncOp function) {
  bool isKnown = true;
  function.getBody().walk(
      [&](Operation *op) { isKnown &= succeeded(checkOp(op)); });
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (function.getArgAttr(i, LLVM::LLVMDialect::getByValAttrName())) {
      function.emitOpError("expects argument ")
          << i
          << " not to be passed by value through a pointer, which is not "
             "known to the simulator";
      isKnown = false;
    }
  return success(isKnown);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// The constant that tells the simulator of the functions of `module`.
static std::string getTableName(gpu::GPUModuleOp module) {
  return ("__gdn_table_" + module.getName()).str();
}

namespace {
/// Turns the functions of a gpu.module to host code.
class KernelSimulator {
public:
  KernelSimulator(gpu::GPUModuleOp module, SymbolTable &symbols)
      : module(module), simulation(symbols, table),
        tableName(getTableName(module)) {}

  void run();

private:
  std::string getHostName(StringRef function) {
    return getSimulatedName(module.getName(), function);
  }
  void addFunction(LLVM::LLVMFuncOp function);
  void addEntry(LLVM::LLVMFuncOp host, LLVM::LLVMFuncOp function);
  void enterKernel(OpBuilder &builder, Block &entry, Block &body,
                   int32_t cluster, SmallVectorImpl<Value> &arguments);
  void addCounters(LLVM::LLVMFuncOp host,
                   ArrayRef<std::optional<unsigned>> counters);
  void rewrite(Operation *op);
  void rewriteCall(LLVM::CallOp op);
  void addTable();

  gpu::GPUModuleOp module;
  SimulationTable table;
  Simulation simulation;
  std::string tableName;
  /// Positions of variables in shared memory, by name.
  llvm::StringMap<unsigned> shared;
};
} // namespace

/// How many neighbouring CTAs of a kernel run at the same time.
static int32_t getClusterSize(LLVM::LLVMFuncOp function) {
  auto size = function->getAttrOfType<DenseI32ArrayAttr>(
      NVVM::NVVMDialect::getClusterDimAttrName());
  return size ? size[0] : 1;
}

static bool isKernel(LLVM::LLVMFuncOp function) {
  return function->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName()) ||
         function->hasAttr(gpu::GPUDialect::getKernelFuncAttrName());
}

/// All pointers in `function` become pointers of the host.
static void toHostPointers(LLVM::LLVMFuncOp function) {
  function.walk([](LLVM::AddrSpaceCastOp cast) {
    cast.getResult().replaceAllUsesWith(cast.getArg());
    cast.erase();
  });
  AttrTypeReplacer replacer;
  replacer.addReplacement([](LLVM::LLVMPointerType type) {
    return LLVM::LLVMPointerType::get(type.getContext());
  });
  replacer.recursivelyReplaceElementsIn(function, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
}

void KernelSimulator::run() {
  for (auto global : module.getOps<LLVM::GlobalOp>())
    if (global.getAddrSpace() == sharedSpace)
      shared[global.getSymName()] = table.addShared(global);
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (!function.isExternal())
      addFunction(function);
  addTable();
}

/// Adds the host code of `function`.
void KernelSimulator::addFunction(LLVM::LLVMFuncOp function) {
  OpBuilder builder(function.getContext());
  auto pointer = LLVM::LLVMPointerType::get(function.getContext());
  SmallVector<Type> arguments = {pointer};
  if (!isKernel(function))
    llvm::append_range(arguments, function.getArgumentTypes());
  auto type = LLVM::LLVMFunctionType::get(
      function.getFunctionType().getReturnType(), arguments);
  auto host = LLVM::LLVMFuncOp::create(builder, function.getLoc(),
                                       getHostName(function.getName()), type);
  simulation.symbols.insert(host);
  IRMapping mapping;
  function.getBody().cloneInto(&host.getBody(), mapping);

  SmallVector<std::optional<unsigned>> counters;
  for (Block &block : host.getBody())
    counters.push_back(table.addBlock(block));
  SmallVector<Operation *> ops;
  host.getBody().walk([&](Operation *op) { ops.push_back(op); });
  addEntry(host, function);
  simulation.registers = {};
  for (Operation *op : ops)
    rewrite(op);
  addCounters(host, counters);
  toHostPointers(host);
}

/// Puts a block in front that knows the thread and has the arguments.
void KernelSimulator::addEntry(LLVM::LLVMFuncOp host,
                               LLVM::LLVMFuncOp function) {
  Block &body = host.getBody().front();
  Location loc = host.getLoc();
  OpBuilder builder(host.getContext());
  ArrayRef<Type> types = host.getFunctionType().getParams();
  Block *entry =
      builder.createBlock(&host.getBody(), host.getBody().begin(), types,
                          SmallVector<Location>(types.size(), loc));
  SmallVector<Value> arguments;
  if (isKernel(function)) {
    enterKernel(builder, *entry, body, getClusterSize(function), arguments);
  } else {
    simulation.thread = entry->getArgument(0);
    llvm::append_range(arguments, entry->getArguments().drop_front());
  }
  LLVM::BrOp::create(builder, loc, arguments, &body);
}

/// Asks for the thread and loads what the arguments' addresses point to.
void KernelSimulator::enterKernel(OpBuilder &builder, Block &entry, Block &body,
                                  int32_t cluster,
                                  SmallVectorImpl<Value> &arguments) {
  Location loc = entry.getParentOp()->getLoc();
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Value text = LLVM::AddressOfOp::create(builder, loc, pointer, tableName);
  Value size =
      LLVM::ConstantOp::create(builder, loc, builder.getI32Type(), cluster);
  LLVM::LLVMFuncOp enter =
      simulation.declare("gdn_sim_enter", pointer, {pointer, size.getType()});
  simulation.thread =
      LLVM::CallOp::create(builder, loc, enter, ValueRange{text, size})
          .getResult();
  for (BlockArgument argument : body.getArguments()) {
    Value slot = LLVM::GEPOp::create(
        builder, loc, pointer, pointer, entry.getArgument(0),
        LLVM::GEPArg(static_cast<int32_t>(argument.getArgNumber())));
    Value address = LLVM::LoadOp::create(builder, loc, pointer, slot);
    arguments.push_back(
        LLVM::LoadOp::create(builder, loc, argument.getType(), address));
  }
}

/// Lets each block behind the entry count its executions, if it has a counter.
void KernelSimulator::addCounters(LLVM::LLVMFuncOp host,
                                  ArrayRef<std::optional<unsigned>> counters) {
  Location loc = host.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(host.getContext());
  Value all = simulation.call(host.getBody().front().getTerminator(),
                              "gdn_sim_counters", pointer, {});
  for (auto [block, counter] :
       llvm::zip_equal(llvm::drop_begin(host.getBody()), counters)) {
    if (!counter)
      continue;
    auto builder = OpBuilder::atBlockBegin(&block);
    Type type = builder.getI64Type();
    Value address =
        LLVM::GEPOp::create(builder, loc, pointer, type, all,
                            LLVM::GEPArg(static_cast<int32_t>(*counter)));
    Value count = LLVM::LoadOp::create(builder, loc, type, address);
    Value one = LLVM::ConstantOp::create(builder, loc, type, 1);
    count = LLVM::AddOp::create(builder, loc, count, one);
    LLVM::StoreOp::create(builder, loc, count, address);
  }
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// Bytes that an access of `type` moves: no padding behind three elements.
static uint64_t getAccessBytes(Type type, const DataLayout &layout) {
  if (auto vector = dyn_cast<VectorType>(type))
    if (vector.getElementType().isIntOrFloat())
      return llvm::divideCeil(
          vector.getNumElements() * vector.getElementTypeBitWidth(), 8);
  return layout.getTypeSize(type).getFixedValue();
}

/// What an address must be a multiple of where an op does not say.
static uint64_t getNaturalAlignment(Type type, const DataLayout &layout) {
  if (isa<VectorType>(type))
    return llvm::PowerOf2Ceil(getAccessBytes(type, layout));
  return layout.getTypeABIAlignment(type);
}

/// Puts a check before `op`, which accesses a value of `type` at `pointer`.
static void checkAccess(Operation *op, Value pointer, Type type, bool isWrite,
                        std::optional<uint64_t> alignment, Simulation &sim) {
  DataLayout layout = DataLayout::closest(op);
  unsigned site = sim.table.addAccess(
      op, pointer, isWrite, getAccessBytes(type, layout),
      alignment.value_or(getNaturalAlignment(type, layout)));
  sim.call(op, "gdn_sim_access", {}, {sim.constant(op, site), pointer});
}

/// A call between functions of the module hands on the thread.
void KernelSimulator::rewriteCall(LLVM::CallOp op) {
  SmallVector<Value> operands = {simulation.thread};
  llvm::append_range(operands, op.getArgOperands());
  OpBuilder builder(op);
  auto call = LLVM::CallOp::create(builder, op.getLoc(), op.getResultTypes(),
                                   getHostName(*op.getCallee()), operands);
  op->replaceAllUsesWith(call);
  op->erase();
}

void KernelSimulator::rewrite(Operation *op) {
  if (isSimulated(op))
    return simulate(op, simulation);
  if (auto load = dyn_cast<LLVM::LoadOp>(op))
    return checkAccess(op, load.getAddr(), load.getType(), /*isWrite=*/false,
                       load.getAlignment(), simulation);
  if (auto store = dyn_cast<LLVM::StoreOp>(op))
    return checkAccess(op, store.getAddr(), store.getValue().getType(),
                       /*isWrite=*/true, store.getAlignment(), simulation);
  if (auto call = dyn_cast<LLVM::CallOp>(op))
    return rewriteCall(call);
  if (auto address = dyn_cast<LLVM::AddressOfOp>(op)) {
    Value variable =
        simulation.constant(op, shared.at(address.getGlobalName()));
    Value pointer =
        simulation.call(op, "gdn_sim_shared",
                        LLVM::LLVMPointerType::get(op->getContext()), variable);
    op->getResult(0).replaceAllUsesWith(pointer);
    op->erase();
    return;
  }
  if (isa<LLVM::Trap, LLVM::UnreachableOp>(op)) {
    simulation.callAtSite(op, "gdn_sim_trap", {}, {});
    if (isa<LLVM::Trap>(op))
      op->erase();
  }
}

/// Adds the text that kernels give to gdn_sim_enter.
void KernelSimulator::addTable() {
  std::string text = table.render();
  text.push_back('\0');
  OpBuilder builder(module.getContext());
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), text.size());
  simulation.symbols.insert(LLVM::GlobalOp::create(
      builder, module.getLoc(), type, /*isConstant=*/true,
      LLVM::Linkage::Internal, tableName, builder.getStringAttr(text)));
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

/// The host code of kernels is found by its name, which has to be free.
static LogicalResult checkName(const SymbolTable &symbols, StringRef name) {
  Operation *other = symbols.lookup(name);
  if (!other)
    return success();
  return other->emitError("expects another name than '")
         << name << "', which is that of simulated kernels; rename it";
}

/// Checks what simulates `module` before any of it is built.
static LogicalResult checkModule(gpu::GPUModuleOp module,
                                 const SymbolTable &symbols) {
  bool isKnown = succeeded(checkName(symbols, getTableName(module)));
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    isKnown &= succeeded(checkFunction(function));
    if (!function.isExternal())
      isKnown &= succeeded(checkName(
          symbols, getSimulatedName(module.getName(), function.getName())));
  }
  return success(isKnown);
}

namespace {
struct SimulateKernelsPass
    : public gdn::impl::SimulateKernelsPassBase<SimulateKernelsPass> {
  void runOnOperation() override {
    SmallVector<gpu::GPUModuleOp> modules =
        llvm::to_vector(getOperation().getOps<gpu::GPUModuleOp>());
    bool isKnown = succeeded(verifyFunctionNames(getOperation()));
    SymbolTable symbols(getOperation());
    for (gpu::GPUModuleOp module : modules)
      isKnown &= succeeded(checkModule(module, symbols));
    if (!isKnown)
      return signalPassFailure();
    for (gpu::GPUModuleOp module : modules)
      KernelSimulator(module, symbols).run();
  }
};
} // namespace
