//===- Passes.h - Transforms of the gdn dialect -----------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TRANSFORMS_PASSES_H
#define GDN_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace gdn {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "gdn/Transforms/Passes.h.inc"
} // namespace gdn

#endif // GDN_TRANSFORMS_PASSES_H
