//===- Sequences.h - Sequences of a batch at run time -----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_IR_SEQUENCES_H
#define GDN_LIB_IR_SEQUENCES_H

#include "mlir/IR/Builders.h"

namespace gdn {

/// One size of one operand that shares a letter with others.
struct SizeUse {
  mlir::Value tensor;
  int64_t dim;
  llvm::StringRef operandName;
};

/// Emits a `cf.assert` for every use of `letter` whose size may differ from
/// the first one's at run time: "expects 'key' and 'query' to agree in T".
void emitEqualSizes(mlir::OpBuilder &builder, mlir::Location loc,
                    llvm::StringRef letter, llvm::ArrayRef<SizeUse> uses);

/// The number of sequences as far as types tell it: the batch size `batch`, or
/// one less than the number of starts where there are `cuSeqlens`.
int64_t countStaticSequences(int64_t batch, mlir::Value cuSeqlens);

/// N as well as the operands tell it: `initialState`, if there is one, may know
/// more than `sequences`.
int64_t refineSequences(int64_t sequences, mlir::Value initialState);

/// The sequences of a batch: its entries, or the segments that `cuSeqlens`
/// cuts out of its single entry.
class Sequences {
public:
  /// Where one sequence lies: its batch entry, first token and token count,
  /// all of index type.
  struct Bounds {
    mlir::Value batch, begin, length;
  };

  /// `tokens` is any B x T x ... operand; `cuSeqlens` may be null. Emits the
  /// number of sequences and, with `cuSeqlens`, `cf.assert`s in a loop: B is 1
  /// where dynamic, it starts with 0, never decreases and ends with T. Without
  /// `checkSegments` nothing reads `cuSeqlens` here.
  static Sequences emit(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value tokens, mlir::Value cuSeqlens,
                        bool checkSegments = true);

  /// The number of sequences, as an attribute where it is static.
  mlir::OpFoldResult getCount() const { return count; }

  /// Emits a `cf.assert` that `states`, the operand `name` of N x ..., has as
  /// many entries as there are sequences, where that may differ at run time.
  void emitCountCheck(mlir::OpBuilder &builder, mlir::Location loc,
                      llvm::StringRef name, mlir::Value states) const;

  /// Emits the bounds of sequence `n` (an index). With `clamped` they stay
  /// within 0 .. T whatever `cu_seqlens` holds.
  Bounds getBounds(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value n,
                   bool clamped = false) const;

private:
  mlir::Value tokens, cuSeqlens;
  mlir::OpFoldResult count;
};

} // namespace gdn

#endif // GDN_LIB_IR_SEQUENCES_H
