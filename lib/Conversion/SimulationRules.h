//===- SimulationRules.h - What becomes of each op --------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_CONVERSION_SIMULATIONRULES_H
#define GDN_CONVERSION_SIMULATIONRULES_H

#include "Simulation.h"

namespace gdn {

/// How the simulator does an op.
struct SimulationRule {
  /// Builds it; the value that replaces the result, if there is one.
  std::function<mlir::Value(mlir::Operation *, Simulation &)> simulate;
  /// What of the op is not known to the simulator; empty if nothing.
  std::function<std::string(mlir::Operation *)> findUnknown;
};

/// Rules by the names of ops.
using SimulationRules = llvm::StringMap<SimulationRule>;

/// Adds a rule for an op, of which `findUnknown` tells what is not known.
template <typename Op>
void addRule(SimulationRules &rules, mlir::Value (*simulate)(Op, Simulation &),
             std::string (*findUnknown)(Op) = nullptr) {
  SimulationRule &rule = rules[Op::getOperationName()];
  rule.simulate = [=](mlir::Operation *op, Simulation &sim) {
    return simulate(mlir::cast<Op>(op), sim);
  };
  if (findUnknown)
    rule.findUnknown = [=](mlir::Operation *op) {
      return findUnknown(mlir::cast<Op>(op));
    };
}

/// Adds a rule for an op of no effect.
template <typename Op> void addNothing(SimulationRules &rules) {
  addRule<Op>(rules, [](Op, Simulation &) { return mlir::Value(); });
}

/// Products of tensor cores and the tiles that they take.
void populateMatrixRules(SimulationRules &rules);

/// Copies that threads wait for, mbarriers and fences.
void populateAsyncRules(SimulationRules &rules);

/// The bits of `value`, of 32 bits, as an i32 before `op`.
mlir::Value toBits(mlir::Operation *op, mlir::Value value);

/// The lower bits of `bits` as a value of `type`, which is no pointer.
mlir::Value fromBits(mlir::Operation *op, mlir::Value bits, mlir::Type type);

} // namespace gdn

#endif // GDN_CONVERSION_SIMULATIONRULES_H
