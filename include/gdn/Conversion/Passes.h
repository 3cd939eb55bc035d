//===- Passes.h - Conversions out of the gdn dialects -----------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_CONVERSION_PASSES_H
#define GDN_CONVERSION_PASSES_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/Pass.h"

namespace gdn {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "gdn/Conversion/Passes.h.inc"
} // namespace gdn

#endif // GDN_CONVERSION_PASSES_H
