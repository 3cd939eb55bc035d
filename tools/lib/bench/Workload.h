//===- Workload.h - What is measured: one rule of one size ------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_WORKLOAD_H
#define GDN_TOOLS_LIB_BENCH_WORKLOAD_H

#include "runtime/core/Tensor.h"

#include <string>
#include <vector>

namespace gdn::bench {

/// Sizes of a rule: B sequences of T tokens, H key heads, HV value heads.
struct Shape {
  int64_t batch, tokens, heads, keyChannels, valueChannels, valueHeads;

  /// "B,T,H,K,V,HV", without V = K and HV = H behind.
  std::string format() const;
};

/// Shapes separated by ':', each "B,T,H,K[,V[,HV]]" or the name of a list:
/// fla, decode, speculate, small. Fails with a sentence about the first one
/// that is neither.
runtime::Result<std::vector<Shape>> parseShapes(const std::string &text);

/// Whether an operand is absent, or has one value per head or per channel.
enum class GateForm { None, Head, Channel };

/// A member of the family of gated delta rules: the forms of its gates.
struct Member {
  const char *name;
  GateForm decay, erase, write;
};

/// Members by name, separated by ','.
runtime::Result<std::vector<Member>> parseMembers(const std::string &text);

/// How an operand is filled, each like in a trained model.
enum class Contents { UnitRows, Normal, LogDecay, Gate };

/// An operand or a result of the rule.
struct Operand {
  /// As ODS calls it.
  std::string name;
  /// The keyword before it in assembly, if any.
  std::string keyword;
  runtime::DType dtype;
  std::vector<int64_t> shape;
  Contents contents;

  int64_t getNumBytes() const;
};

/// One `gdn.delta_rule` of static shapes with an initial state. Decay and state
/// are f32, everything else is of `dtype`.
struct Workload {
  Member member;
  runtime::DType dtype;
  Shape shape;
  /// The op's schedule, as an attribute; the compiler chooses if it is empty.
  std::string schedule;

  std::vector<Operand> getOperands() const;
  /// output and final_state.
  std::vector<Operand> getResults() const;

  /// A module whose function `rule` is the op.
  std::string getModuleText() const;

  /// Bytes of all operands and results, each counted once.
  int64_t countBytes() const;
  /// Floating-point operations of the chunked form, whatever runs: for each
  /// token and value head 6KV + 4C(K+V) + C^2, with C = min(32, T).
  double countFlops() const;
  int64_t countTokens() const { return shape.batch * shape.tokens; }

  std::string format() const;
};

/// Random contents for `operand`; the same for the same seed and operand, up to
/// the rounding of exp.
runtime::Result<runtime::Tensor> makeTensor(const Operand &operand,
                                            uint64_t seed);

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_WORKLOAD_H
