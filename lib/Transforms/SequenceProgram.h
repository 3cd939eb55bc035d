//===- SequenceProgram.h - The roles of a CTA for tensor cores --*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_TRANSFORMS_SEQUENCEPROGRAM_H
#define GDN_LIB_TRANSFORMS_SEQUENCEPROGRAM_H

#include "gdn/IR/Gdn.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace gdn {

/// Builds what each warp does for a `gdn.sequence_rule` on memrefs, in the
/// order in which a chunk of tokens passes them: load, prepare, solve, chain,
/// store (arXiv 2605.22791, the chunkwise form; lib/IR/README.md has the
/// equations).
class SequenceProgram {
public:
  SequenceProgram(mlir::ImplicitLocOpBuilder &builder, SequenceRuleOp op);

  void build();

  /// Bytes of shared memory that it takes.
  int64_t getSharedBytes() const { return sharedBytes; }

private:
  using Tile = mlir::Value;
  using Body = llvm::function_ref<void(mlir::Value chunk, mlir::Value slot)>;

  // What a chunk needs in shared memory, and the events of its rings.
  mlir::Value allocate(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                       int64_t swizzle = 0);
  mlir::Value allocateRows(mlir::Value operand);
  mlir::Value createEvent(int64_t arrivals);
  void allocateAll();

  // Roles.
  void buildRole(llvm::StringRef name, int64_t teams, int64_t teamWarps,
                 llvm::function_ref<void(mlir::Value team)> build);
  void forEachChunk(mlir::Value first, int64_t step, Body body);
  void buildLoad();
  void buildPrepare(mlir::Value team);
  void prepareChunk(mlir::Value team, mlir::Value chunk, mlir::Value slot);
  void preparePairs(mlir::Value team, mlir::Value slot, Tile decay);
  Tile loadKeyGate(mlir::Value gate, mlir::Value buffer, mlir::Value slot);
  Tile loadErasedKey(mlir::Value slot);
  void buildSolve(mlir::Value team);
  void buildChain();
  mlir::Value chainChunk(mlir::Value chunk, mlir::Value slot, Tile state);
  void buildStore();

  // Tiles.
  TileType getType(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                   TileLayoutInterface layout);
  BlockedLayoutAttr getRowsLayout(int64_t rows);
  Tile loadShared(mlir::Value buffer, mlir::ValueRange offsets, TileType type,
                  bool isTransposed = false);
  void storeShared(Tile tile, mlir::Value buffer, mlir::ValueRange offsets,
                   bool isTransposed = false);
  Tile loadRows(mlir::Value buffer, mlir::Value slot);
  Tile loadGate(mlir::Value buffer, mlir::Value slot, TileType type,
                int64_t tokenDim);
  Tile cast(Tile tile, mlir::Type element);
  Tile multiply(Tile lhs, Tile rhs);
  Tile splat(double value, TileType type);
  Tile selectRows(Tile tile, llvm::ArrayRef<int64_t> rows);
  Tile product(Tile lhs, mlir::Value rhs, mlir::Value slot, Tile acc,
               bool isTransposed = false);
  TileType getChainType(int64_t columns, mlir::Type element);
  mlir::Value zero();

  mlir::ImplicitLocOpBuilder &b;
  SequenceRuleOp op;
  ChunkedScheduleAttr schedule;
  int64_t keys, values, stages, nextWarp = 0, sharedBytes = 0;
  mlir::Type element, f16, f32;
  mlir::Value tokens, chunks;
  // Rings: operands as they come, operands of the chain, values and outputs.
  mlir::Value query, key, decay, erase, value, write;
  mlir::Value erased, inverse, scores, gatedErase, gatedQuery, tail, gamma;
  mlir::Value pairRows, pairColumns;
  mlir::Value operandsFull, operandsFree, paired, ready, preparedFree,
      valuesFull, outputsFull, valuesFree;
};

} // namespace gdn

#endif // GDN_LIB_TRANSFORMS_SEQUENCEPROGRAM_H
