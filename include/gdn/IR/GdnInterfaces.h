//===- GdnInterfaces.h - How ops lower themselves ---------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNINTERFACES_H
#define GDN_IR_GDNINTERFACES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "gdn/IR/GdnInterfaces.h.inc"

#endif // GDN_IR_GDNINTERFACES_H
