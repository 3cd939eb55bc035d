//===- GdnToGpu.h - Patterns from tiles to the registers of threads -------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_CONVERSION_GDNTOGPU_H
#define GDN_LIB_CONVERSION_GDNTOGPU_H

#include "gdn/IR/Gdn.h"
#include "mlir/Transforms/DialectConversion.h"

namespace gdn {

/// A tile becomes the vector of what one thread holds; buffers and events
/// become addresses in shared memory.
class TileTypeConverter : public mlir::TypeConverter {
public:
  TileTypeConverter();
};

/// `gdn.tile_load` and `gdn.tile_store` on memrefs to vector loads and stores.
void populateTileMemoryPatterns(const mlir::TypeConverter &converter,
                                mlir::RewritePatternSet &patterns);

/// `gdn.tile_sum` and `gdn.tile_contract` to fused multiply-adds and shuffles.
void populateTileSumPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);

/// `gdn.shared_*` to loads, stores and `ldmatrix`.
void populateSharedMemoryPatterns(const mlir::TypeConverter &converter,
                                  mlir::RewritePatternSet &patterns);

/// `gdn.copy_in`, `gdn.copy_out` and `gdn.load_scalars` to asynchronous and
/// ordinary copies.
void populateCopyPatterns(const mlir::TypeConverter &converter,
                          mlir::RewritePatternSet &patterns);

/// `gdn.event_*` and `gdn.team_barrier` to barriers in shared memory and of
/// the CTA.
void populateEventPatterns(const mlir::TypeConverter &converter,
                           mlir::RewritePatternSet &patterns);

/// `gdn.tile_mma` and `gdn.tile_pair_mma` to `ldmatrix` and `mma.sync`.
void populateTileMmaPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);

/// Ops on decays and pairs of tokens to arithmetic on registers and shuffles.
void populateTileRowPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);

/// The number of the thread among those that `op` spreads tiles over: its team
/// in a `gdn.warp_role`, else the CTA.
mlir::Value buildThread(mlir::OpBuilder &builder, mlir::Operation *op);

/// What is known of the alignment of all rows of `buffer`, in bytes, up to 16.
int64_t getRowAlignment(mlir::Value buffer);

/// The address where the CTA's dynamic shared memory begins.
mlir::Value buildSharedBase(mlir::OpBuilder &builder, mlir::Operation *op);

/// Loads `count` (1, 2 or 4) 8 x 8 matrices of 16 bits from rows at lanes'
/// addresses; what a lane gets of each is an i32.
llvm::SmallVector<mlir::Value> buildLdmatrix(mlir::OpBuilder &builder,
                                             mlir::Location loc,
                                             mlir::Value address,
                                             unsigned count, bool isTransposed);

/// Builds addresses in a buffer of shared memory.
class SharedAddress {
public:
  SharedAddress(mlir::OpBuilder &builder, mlir::Location loc, SharedType type,
                mlir::Value base)
      : b(builder), loc(loc), type(type), base(base) {}

  /// The address of the element at `indices`, one for each dimension.
  mlir::Value build(mlir::ValueRange indices) const;

  SharedType getType() const { return type; }

private:
  mlir::Value buildCoreOffset(mlir::Value row, mlir::Value column) const;
  mlir::Value buildMatrixOffset(mlir::Value row, mlir::Value column) const;

  mlir::OpBuilder &b;
  mlir::Location loc;
  SharedType type;
  mlir::Value base;
};

/// Index arithmetic that folds constants.
class IndexBuilder {
public:
  IndexBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : b(builder), loc(loc) {}

  mlir::Value constant(int64_t value) const;
  mlir::Value add(mlir::Value lhs, mlir::Value rhs) const;
  mlir::Value add(mlir::Value lhs, int64_t rhs) const;
  mlir::Value mul(mlir::Value lhs, int64_t rhs) const;
  mlir::Value div(mlir::Value lhs, int64_t rhs) const;
  mlir::Value rem(mlir::Value lhs, int64_t rhs) const;
  mlir::Value toI32(mlir::Value index) const;

private:
  mlir::OpBuilder &b;
  mlir::Location loc;
};

} // namespace gdn

#endif // GDN_LIB_CONVERSION_GDNTOGPU_H
