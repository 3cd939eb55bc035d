//===- DType.cpp - Element types in memory --------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Support/DType.h"

using namespace mlir;

std::optional<GdnDType> gdn::getDType(Type type) {
  if (type.isF64())
    return GDN_DTYPE_F64;
  if (type.isF32())
    return GDN_DTYPE_F32;
  if (type.isF16())
    return GDN_DTYPE_F16;
  if (type.isBF16())
    return GDN_DTYPE_BF16;
  if (type.isIndex() || type.isInteger(64))
    return GDN_DTYPE_I64;
  if (type.isInteger(32))
    return GDN_DTYPE_I32;
  if (type.isInteger(16))
    return GDN_DTYPE_I16;
  if (type.isInteger(8))
    return type.isUnsignedInteger() ? GDN_DTYPE_U8 : GDN_DTYPE_I8;
  if (type.isInteger(1))
    return GDN_DTYPE_BOOL;
  return std::nullopt;
}
