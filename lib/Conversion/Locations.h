//===- Locations.h - Places in files for people -----------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_CONVERSION_LOCATIONS_H
#define GDN_CONVERSION_LOCATIONS_H

#include "mlir/IR/Location.h"

#include <string>

namespace gdn {

/// `loc` as a person looks for it: the first place in a file, if there is one.
std::string formatLocation(mlir::Location loc);

} // namespace gdn

#endif // GDN_CONVERSION_LOCATIONS_H
