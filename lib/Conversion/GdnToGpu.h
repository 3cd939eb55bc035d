//===- GdnToGpu.h - Patterns from tiles to the registers of threads ----*- C++
//-*-===//
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

/// A tile becomes the vector of what one thread holds.
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

/// The number of the thread in its CTA.
mlir::Value buildThread(mlir::OpBuilder &builder, mlir::Location loc);

} // namespace gdn

#endif // GDN_LIB_CONVERSION_GDNTOGPU_H
