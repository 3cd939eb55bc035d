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

  /// What a team has of 8 tokens, tokens x key channels: erased keys (null
  /// where nothing is erased) and queries, decayed from the begin of each
  /// token's block; keys, decayed to the end of it; and the decay over that
  /// block (null where nothing decays).
  struct Operands {
    Tile erased, queries, keys, totals;
  };

  /// Products of erased keys (null where nothing is erased) and of queries with
  /// keys, 8 tokens with 8.
  struct Pairs {
    Tile erased, scores;
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
  void forEachChunk(Body body);
  void forEachOwn(mlir::Value team, Body body);
  Rows getRows(mlir::Value chunk);
  void buildLoad();
  /// Operands in global memory, and where they go; null where there is none.
  using Sources = llvm::SmallVector<std::pair<mlir::Value, mlir::Value>>;
  using GetScalars = llvm::function_ref<Tile(mlir::Value buffer)>;
  void fill(mlir::Value event, mlir::Value use, int64_t depth, Rows rows,
            const Sources &sources, GetScalars getScalars);
  void buildPrepare(mlir::Value team);
  Operands loadOperands(mlir::Value slot, int64_t first);
  Tile multiplyOwn(mlir::Value slot, int64_t first);
  Pairs multiplyPairs(const Operands &later, const Operands &earlier);
  Pairs joinBlocks(Operands &some, Tile own);
  void decayBlocks(Operands &some, int64_t block);
  void joinHalves(Operands &earlier, Operands &later);
  void storePairs(const Pairs &pairs, mlir::Value team, int64_t row,
                  int64_t column);
  void storeOperands(const Operands &some, mlir::Value slot, int64_t first);
  void buildSolve(mlir::Value team);
  Tile sumPairs(mlir::Value parts, mlir::Value team);
  void solveChunk(mlir::Value team, mlir::Value own);
  void arriveReady(mlir::Value chunk);
  void send(mlir::Value chunk);
  void buildChain();
  Tile loadWritten(mlir::Value slot);
  Tile decayState(Tile state, mlir::Value slot);
  Tile chainChunk(mlir::Value chunk, Tile state);
  void buildStore(mlir::Value chunk);

  // Tiles.
  TileType getType(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                   TileLayoutInterface layout);
  TileType getTokensType(mlir::Type element);
  TileType getPairsType();
  TileType getChainType(int64_t columns, mlir::Type element);
  TileType getScalarsType(mlir::Type element);
  Tile loadShared(mlir::Value buffer, mlir::ValueRange offsets, TileType type,
                  bool isTransposed = false);
  void storeShared(Tile tile, mlir::Value buffer, mlir::ValueRange offsets,
                   bool isTransposed = false);
  Tile loadTokens(mlir::Value buffer, mlir::Value slot, int64_t first);
  Tile loadGate(mlir::Value buffer, mlir::ValueRange offsets, TileType type,
                int64_t tokenDim);
  Tile cast(Tile tile, mlir::Type element);
  Tile multiply(Tile lhs, Tile rhs);
  Tile splat(double value, TileType type);
  Tile product(Tile lhs, mlir::Value rhs, mlir::Value slot, Tile acc);
  mlir::Value index(int64_t value);
  mlir::Value getSlot(mlir::Value use, int64_t depth);
  int64_t getValueStages() const { return stages * ctas; }
  /// How many chunks operands are loaded before values.
  int64_t getLead() const { return stages * ctas; }
  mlir::Value getChunk(mlir::Value own);
  mlir::Value getOwn(mlir::Value chunk);
  void ifOwn(mlir::Value chunk, llvm::function_ref<void()> build);

  mlir::ImplicitLocOpBuilder &b;
  SequenceRuleOp op;
  ChunkedScheduleAttr schedule;
  int64_t keys, values, stages, prepared, teams, teamWarps, ctas;
  int64_t nextWarp = 0, sharedBytes = 0;
  mlir::Type element, f32, tf32;
  mlir::Value tokens, chunks;
  // The number of the CTA in its cluster; none where it is alone.
  mlir::Value rank;
  // Rings of operands as they come; values become outputs.
  mlir::Value query, key, decay, erase, value, write;
  mlir::Value operandsFull, operandsFree, valuesFull, outputsFull, valuesFree;
  // Products of pairs of tokens, of each warp over its key channels; their
  // sums.
  mlir::Value erasedParts, scoreParts, erasedPairs;
  mlir::Value paired, pairsFree;
  // Ring of the chain's operands: what reads the state, gated erased keys above
  // gated queries; what reads what was written, scores above keys decayed to
  // the end of the chunk; the decay of the chunk.
  mlir::Value gated, readers, inverse, gamma;
  mlir::Value ready, preparedFree;
};

} // namespace gdn

#endif // GDN_LIB_TRANSFORMS_SEQUENCEPROGRAM_H
