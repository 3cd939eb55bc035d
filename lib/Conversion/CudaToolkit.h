//===- CudaToolkit.h - Programs of the CUDA Toolkit -------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_LIB_CONVERSION_CUDATOOLKIT_H
#define GDN_LIB_CONVERSION_CUDATOOLKIT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>

namespace gdn {

/// The path of a program of the CUDA Toolkit: in `toolkit`/bin if that is not
/// empty, else in bin/ of the folders that CUDA_ROOT, CUDA_HOME and CUDA_PATH
/// name, else in PATH.
std::optional<std::string> findCudaProgram(llvm::StringRef name,
                                           llvm::StringRef toolkit);

/// The places where it looks, for the sentence that it is in none of them.
std::string describeCudaPlaces(llvm::StringRef toolkit);

/// PTX of `chip` as a cubin. Fails with ptxas's first complaint.
llvm::Expected<llvm::SmallVector<char, 0>>
assemble(llvm::StringRef ptxas, llvm::StringRef ptx, llvm::StringRef chip);

/// One of several objects that a fatbin is made of.
struct FatbinEntry {
  /// `sm_90a` for a cubin, `compute_90a` for PTX.
  std::string architecture;
  llvm::ArrayRef<char> bytes;
};
llvm::Expected<llvm::SmallVector<char, 0>>
combine(llvm::StringRef fatbinary, llvm::ArrayRef<FatbinEntry> entries);

} // namespace gdn

#endif // GDN_LIB_CONVERSION_CUDATOOLKIT_H
