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
  using Body = llvm::function_ref<void(mlir::Value chunk)>;

  /// Registers of a thread; none for those as the kernel begins.
  struct Registers {
    std::optional<int64_t> chain, prepare, others;
  };

  /// What a team has of a chunk, tokens x key channels: erased keys (null where
  /// nothing is erased) and queries, decayed from the begin of each token's
  /// block; keys, decayed to the end of it; and the decay over each block.
  struct Operands {
    Tile erased, queries, keys, totals;
  };

  /// Some tokens of the sequence.
  struct Rows {
    mlir::Value first, count;
  };

  // What a chunk needs in shared memory, and the events of its rings.
  mlir::Value allocate(llvm::ArrayRef<int64_t> shape, mlir::Type element);
  mlir::Value allocate(SharedType buffer);
  mlir::Value allocateCores(llvm::ArrayRef<int64_t> shape);
  mlir::Value allocateRows(mlir::Value operand, int64_t depth, int64_t swizzle);
  mlir::Value createEvent(int64_t places, int64_t arrivals);
  void createEvents();
  void allocateAll();

  // Roles.
  Registers getRegisters() const;
  void buildRole(llvm::StringRef name, int64_t teams, int64_t teamWarps,
                 std::optional<int64_t> registers,
                 llvm::function_ref<void(mlir::Value team)> build);
  void buildOthers();
  void forEachChunk(mlir::Value first, int64_t step, Body body);
  Rows getRows(mlir::Value chunk);
  void buildLoad();
  void loadChunk(mlir::Value chunk,
                 llvm::function_ref<Tile(mlir::Value buffer)> getScalars);
  void buildPrepare(mlir::Value team);
  Operands loadOperands(mlir::Value slot);
  mlir::Value getPlace(mlir::Value team, int64_t level);
  void storeFactors(const Operands &some, int64_t level, mlir::Value team);
  void decayBlocks(Operands &some, int64_t block);
  void storeOperands(const Operands &some, mlir::Value slot);
  void buildSolve(mlir::Value team);
  void multiplyPairs(mlir::Value team, mlir::Value chunk);
  void solveChunk(mlir::Value team, mlir::Value chunk);
  void arriveReady(mlir::Value chunk);
  void buildChain();
  Tile loadWritten(mlir::Value slot);
  Tile decayState(Tile state, mlir::Value slot);
  Tile chainChunk(mlir::Value chunk, Tile state);
  void buildStore(mlir::Value chunk);

  // Tiles.
  TileType getType(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                   TileLayoutInterface layout);
  TileType getTokensType(int64_t rows, mlir::Type element);
  TileType getPairsType(int64_t rows, int64_t columns);
  TileType getChainType(int64_t columns, mlir::Type element);
  TileType getScalarsType(mlir::Type element);
  Tile loadShared(mlir::Value buffer, mlir::ValueRange offsets, TileType type,
                  bool isTransposed = false);
  void storeShared(Tile tile, mlir::Value buffer, mlir::ValueRange offsets,
                   bool isTransposed = false);
  Tile loadTokens(mlir::Value buffer, mlir::Value slot);
  Tile loadGate(mlir::Value buffer, mlir::Value slot, TileType type,
                int64_t tokenDim);
  Tile cast(Tile tile, mlir::Type element);
  Tile multiply(Tile lhs, Tile rhs);
  Tile splat(double value, TileType type);
  Tile product(Tile lhs, mlir::Value rhs, mlir::Value slot, Tile acc);
  mlir::Value index(int64_t value);
  mlir::Value getSlot(mlir::Value chunk, int64_t depth);

  mlir::ImplicitLocOpBuilder &b;
  SequenceRuleOp op;
  ChunkedScheduleAttr schedule;
  int64_t keys, values, stages, prepared, teams;
  int64_t nextWarp = 0, sharedBytes = 0;
  mlir::Type element, f32, tf32;
  mlir::Value tokens, chunks;
  // Rings of operands as they come; values become outputs.
  mlir::Value query, key, decay, erase, value, write;
  mlir::Value operandsFull, operandsFree, valuesFull, outputsFull, valuesFree;
  // A team's factors for pairs of tokens, and their products.
  mlir::Value pairRows, pairColumns, erasedPairs, scorePairs;
  mlir::Value paired, pairsFree;
  // Ring of the chain's operands: what reads the state, gated erased keys above
  // gated queries; what reads what was written, scores above keys decayed to
  // the end of the chunk; the decay of the chunk.
  mlir::Value gated, readers, inverse, gamma;
  mlir::Value ready, preparedFree;
};

} // namespace gdn

#endif // GDN_LIB_TRANSFORMS_SEQUENCEPROGRAM_H
