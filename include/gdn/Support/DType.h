//===- DType.h - Element types in memory ------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_SUPPORT_DTYPE_H
#define GDN_SUPPORT_DTYPE_H

#include "gdn-c/Runtime.h"
#include "mlir/IR/Types.h"

#include <optional>

namespace gdn {

/// The runtime's name for elements of `type` in memory, if it has one.
std::optional<GdnDType> getDType(mlir::Type type);

} // namespace gdn

#endif // GDN_SUPPORT_DTYPE_H
