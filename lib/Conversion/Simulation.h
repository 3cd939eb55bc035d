//===- Simulation.h - Kernels as host code ----------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_CONVERSION_SIMULATION_H
#define GDN_CONVERSION_SIMULATION_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/Support/JSON.h"

namespace gdn {

/// Collects what gdn_sim_enter is told of the functions of a module.
class SimulationTable {
public:
  /// Adds an op that calls the simulator; its position among the sites.
  unsigned addSite(mlir::Operation *op);

  /// Adds an op that accesses `bytes` bytes through `pointer`.
  unsigned addAccess(mlir::Operation *op, mlir::Value pointer, bool isWrite,
                     uint64_t bytes, uint64_t alignment);

  /// Adds a block; its position among the blocks. Nothing if it has no ops that
  /// count.
  std::optional<unsigned> addBlock(mlir::Block &block);

  /// Adds a variable in shared memory; its position among these.
  unsigned addShared(mlir::LLVM::GlobalOp global);

  /// All that, as JSON.
  std::string render() const;

private:
  llvm::json::Array sites, blocks, shared;
};

/// Builds the calls in a function that becomes host code.
class Simulation {
public:
  Simulation(mlir::SymbolTable &symbols, SimulationTable &table)
      : symbols(symbols), table(table) {}

  /// Calls `function` of gdn-c/Sim.h before `op`, with the thread and then
  /// `operands`. The result, if `resultType` is given.
  mlir::Value call(mlir::Operation *op, llvm::StringRef function,
                   mlir::Type resultType, mlir::ValueRange operands);

  /// The same, with the position of `op` among the sites after the thread.
  mlir::Value callAtSite(mlir::Operation *op, llvm::StringRef function,
                         mlir::Type resultType, mlir::ValueRange operands);

  /// An i32 before `op`.
  mlir::Value constant(mlir::Operation *op, uint32_t value);

  /// The function called `name`, declared if it is not there.
  mlir::LLVM::LLVMFuncOp declare(llvm::StringRef name, mlir::Type resultType,
                                 mlir::TypeRange operandTypes);

  /// An array of i32 on the stack of the thread, always the same one: for
  /// functions that take or give many registers.
  mlir::Value getRegisters(mlir::Operation *op);

  /// Stores values of 32 bits into that array, before `op`; the array.
  mlir::Value spill(mlir::Operation *op, mlir::ValueRange values);

  /// What the array holds from element `begin` on, as a value of `type`: a
  /// struct of values of 32 bits, or one of these.
  mlir::Value reload(mlir::Operation *op, unsigned begin, mlir::Type type);

  mlir::SymbolTable &symbols;
  SimulationTable &table;
  /// The thread of the function.
  mlir::Value thread;
  /// What getRegisters() gives, once it is needed in the function.
  mlir::Value registers;
};

/// True if `op` becomes a call of the simulator.
bool isSimulated(mlir::Operation *op);

/// Reports what the simulator does not know of `op`, which isSimulated().
mlir::LogicalResult checkSimulated(mlir::Operation *op);

/// Replaces `op`, which isSimulated(), by a call of the simulator.
void simulate(mlir::Operation *op, Simulation &simulation);

} // namespace gdn

#endif // GDN_CONVERSION_SIMULATION_H
