//===- CompiledModule.cpp - A module in memory, ready to run --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/jit/CompiledModule.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "runtime/cpu/CompiledCode.h"
#include "runtime/jit/FirstError.h"
#include "runtime/jit/MemRefs.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

#include <chrono>

using namespace mlir;
using namespace gdn::runtime;

// The OpenMP runtime's interface; its header is not part of every compiler.
extern "C" int omp_get_max_threads();
extern "C" void omp_set_num_threads(int threads);

static constexpr unsigned optLevel = 3;

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

static LogicalResult runPhase(ModuleOp module, const CompileOptions &options,
                              void (*build)(OpPassManager &,
                                            const CompileOptions &)) {
  PassManager pm(module.getContext());
  build(pm, options);
  return pm.run(module);
}

/// Code for this CPU, with all its features.
static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createHostMachine() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  builder->setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  return builder->createTargetMachine();
}

/// Addresses by the names that compiled code calls.
using RuntimeFunctions = llvm::StringMap<llvm::orc::ExecutorAddr>;

/// The functions of CompiledCode.h, and those of `target`.
static RuntimeFunctions getRuntimeFunctions(Target target) {
  using llvm::orc::ExecutorAddr;
  RuntimeFunctions functions = {
      {"gdn_check_expect_close", ExecutorAddr::fromPtr(gdn_check_expect_close)},
      {"gdn_check_expect_equal", ExecutorAddr::fromPtr(gdn_check_expect_equal)},
      {"gdn_runtime_fail", ExecutorAddr::fromPtr(gdn_runtime_fail)},
      {"__truncsfbf2", ExecutorAddr::fromPtr(gdn_runtime_truncsfbf2)},
      {"__truncdfbf2", ExecutorAddr::fromPtr(gdn_runtime_truncdfbf2)},
      {"malloc", ExecutorAddr::fromPtr(gdn_runtime_malloc)},
      {"aligned_alloc", ExecutorAddr::fromPtr(gdn_runtime_aligned_alloc)}};
  for (auto [name, address] : getTargetSymbols(target))
    functions[name] = ExecutorAddr::fromPtr(address);
  return functions;
}

static llvm::orc::SymbolMap makeSymbolMap(const RuntimeFunctions &functions,
                                          llvm::orc::MangleAndInterner mangle) {
  llvm::orc::SymbolMap symbols;
  for (const auto &function : functions)
    symbols[mangle(function.getKey())] = {function.getValue(),
                                          llvm::JITSymbolFlags::Exported |
                                              llvm::JITSymbolFlags::Callable};
  return symbols;
}

/// Fails if `module` calls a function that neither this process nor
/// `functions` has.
static Error checkSymbols(ModuleOp module, const RuntimeFunctions &functions) {
  llvm::sys::DynamicLibrary::LoadLibraryPermanently(nullptr);
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    StringRef name = function.getName();
    if (!function.isExternal() || name.starts_with("llvm.") ||
        functions.contains(name) ||
        llvm::sys::DynamicLibrary::SearchForAddressOfSymbol(name.str()))
      continue;
    return makeError("function ", quote(name.str()),
                     " is declared but not defined");
  }
  return Error::success();
}

/// The functions that `function` calls whatever its arguments are.
static SmallVector<func::FuncOp> getCertainCalls(func::FuncOp function) {
  SmallVector<func::FuncOp> callees;
  if (!function.isDeclaration())
    for (auto call : function.getBody().front().getOps<func::CallOp>())
      if (auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
              function, call.getCalleeAttr()))
        callees.push_back(callee);
  return callees;
}

/// Fails if a function of `module` calls itself on every path.
static Error checkRecursion(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    llvm::SetVector<func::FuncOp> reached;
    reached.insert_range(getCertainCalls(function));
    for (size_t i = 0; i < reached.size(); ++i)
      reached.insert_range(getCertainCalls(reached[i]));
    if (reached.contains(function))
      return makeError("function ", quote(function.getName().str()),
                       " calls itself without end");
  }
  return Error::success();
}

/// Translates `module` and hands it to a compiler in this process.
static Result<std::unique_ptr<ExecutionEngine>>
createEngine(ModuleOp module, const RuntimeFunctions &functions) {
  auto machine = createHostMachine();
  if (!machine)
    return makeError("cannot compile for this machine: ",
                     llvm::toString(machine.takeError()));
  auto optimize =
      makeOptimizingTransformer(optLevel, /*sizeLevel=*/0, machine->get());
  ExecutionEngineOptions options;
  options.transformer = optimize;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Aggressive;
  options.enableGDBNotificationListener = false;
  options.enablePerfNotificationListener = false;
  auto engine = ExecutionEngine::create(module, options, std::move(*machine));
  if (!engine)
    return makeError("cannot compile: ", llvm::toString(engine.takeError()));
  (*engine)->registerSymbols([&](llvm::orc::MangleAndInterner mangle) {
    return makeSymbolMap(functions, mangle);
  });
  (*engine)->initialize();
  return std::move(*engine);
}

Result<std::unique_ptr<CompiledModule>>
CompiledModule::compile(ModuleOp module, CompileOptions options) {
  if (Error error = completeOptions(options))
    return error;
  FirstError firstError(module.getContext());
  auto fail = [&] {
    return firstError.get(std::string("cannot compile for target '") +
                          getTargetName(options.target) + "'");
  };
  if (Error error = checkRecursion(module))
    return error;
  if (failed(runPhase(module, options, buildSignaturePhase)))
    return fail();
  std::unique_ptr<CompiledModule> compiled(new CompiledModule(options));
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isDeclaration())
      compiled->entryPoints.try_emplace(function.getName(),
                                        getEntryPoint(function));
  if (failed(runPhase(module, options, buildCodePhase)))
    return fail();
  RuntimeFunctions functions = getRuntimeFunctions(options.target);
  if (Error error = checkSymbols(module, functions))
    return error;
  Result<std::unique_ptr<ExecutionEngine>> engine =
      createEngine(module, functions);
  if (!engine)
    return firstError.get(engine.error().message());
  compiled->engine = std::move(*engine);
  // The first look-up generates all code.
  for (const auto &entry : compiled->entryPoints)
    if (auto function = compiled->engine->lookup(entry.getKey()); !function)
      llvm::consumeError(function.takeError());
  return compiled;
}

//===----------------------------------------------------------------------===//
// Calling
//===----------------------------------------------------------------------===//

Result<EntryPoint> CompiledModule::lookup(const std::string &name) const {
  auto it = entryPoints.find(name);
  if (it == entryPoints.end())
    return makeError("no function ", quote(name), " is defined");
  return it->second;
}

Result<CompiledFunction>
CompiledModule::lookupWrapper(const std::string &name) const {
  auto function = engine->lookupPacked("_mlir_ciface_" + name);
  if (!function)
    return makeError("cannot call ", quote(name), ": ",
                     llvm::toString(function.takeError()));
  return *function;
}

/// Calls a wrapper with the addresses of descriptors. The packed interface
/// takes the address of each of these addresses.
static Error callWrapper(CompiledFunction function, Target target,
                         std::vector<void *> &addresses, CallReport &report) {
  std::vector<void *> packed;
  for (void *&address : addresses)
    packed.push_back(&address);
  Error error = invoke(function, packed.data(), report);
  if (error)
    freeAfterFailure(target);
  return error;
}

Result<CallResult>
CompiledModule::call(const EntryPoint &entry,
                     const std::vector<Tensor *> &arguments) const {
  if (arguments.size() != entry.arguments.size())
    return makeError("expects ", entry.arguments.size(), " arguments for ",
                     quote(entry.name), ", but got ", arguments.size());
  Result<CompiledFunction> function = lookupWrapper(entry.name);
  if (!function)
    return function.takeError();

  // The wrapper's arguments are addresses of descriptors: first that of the
  // results, if any, then those of the arguments.
  size_t numResultWords = 0;
  for (const TensorSpec &spec : entry.results)
    numResultWords += getNumDescriptorWords(spec.shape.size());
  DescriptorWords resultWords(numResultWords);
  std::vector<DescriptorWords> descriptors;
  std::vector<void *> addresses;
  if (!entry.results.empty())
    addresses.push_back(resultWords.data());
  for (size_t i = 0; i < arguments.size(); ++i) {
    const TensorSpec &spec = entry.arguments[i];
    if (!accepts(spec, *arguments[i]))
      return makeError("expects argument ", quote(spec.name), " of ",
                       quote(entry.name), " to be ", formatType(spec),
                       ", but got ", formatType(*arguments[i]));
    descriptors.push_back(makeDescriptor(*arguments[i]));
    addresses.push_back(descriptors.back().data());
  }

  CallResult result;
  auto start = std::chrono::steady_clock::now();
  if (Error error =
          callWrapper(*function, options.target, addresses, result.report))
    return error;
  result.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  auto tensors = takeResults(resultWords, entry.results, descriptors);
  if (!tensors)
    return tensors.takeError();
  result.results = std::move(*tensors);
  return result;
}

Result<DeviceFunction>
CompiledModule::lookupOnDevice(const std::string &name) const {
  Result<CompiledFunction> function = lookupWrapper(name);
  if (!function)
    return function.takeError();
  return DeviceFunction(*function, options.target);
}

void DeviceFunction::addArgument(void *address,
                                 const std::vector<int64_t> &shape) {
  descriptors.push_back(makeDescriptor(address, shape));
}

Error DeviceFunction::call() {
  std::vector<void *> addresses;
  for (DescriptorWords &descriptor : descriptors)
    addresses.push_back(descriptor.data());
  CallReport report;
  return callWrapper(function, target, addresses, report);
}

unsigned gdn::runtime::getNumThreads() { return omp_get_max_threads(); }

void gdn::runtime::setNumThreads(unsigned threads) {
  omp_set_num_threads(static_cast<int>(threads));
}

std::string gdn::runtime::getHostCpuName() {
  return llvm::sys::getHostCPUName().str();
}
