//===- FirstError.h - Diagnostics as errors ---------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_JIT_FIRSTERROR_H
#define GDN_RUNTIME_JIT_FIRSTERROR_H

#include "mlir/IR/Diagnostics.h"
#include "runtime/core/Error.h"

namespace gdn::runtime {

/// Keeps the first error that is reported in a context while this lives, and
/// silences all other diagnostics.
class FirstError : public mlir::ScopedDiagnosticHandler {
public:
  explicit FirstError(mlir::MLIRContext *context);

  /// That error, its place in a file first; `otherwise` if there was none.
  Error get(const std::string &otherwise) const;

private:
  std::string text;
};

} // namespace gdn::runtime

#endif // GDN_RUNTIME_JIT_FIRSTERROR_H
