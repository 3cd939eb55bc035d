//===- MemRefs.h - Tensors as memref descriptors ----------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_JIT_MEMREFS_H
#define GDN_RUNTIME_JIT_MEMREFS_H

#include "runtime/core/Tensor.h"
#include "runtime/jit/EntryPoint.h"

namespace gdn::runtime {

/// The words of one or more descriptors, one after the other: for each two
/// addresses, an offset, sizes and strides, as MLIR lays them out.
using DescriptorWords = std::vector<int64_t>;

/// Words of the descriptor of a tensor of `rank`.
size_t getNumDescriptorWords(int64_t rank);

/// The descriptor of a row-major tensor at `address`.
DescriptorWords makeDescriptor(void *address,
                               const std::vector<int64_t> &shape);

/// The descriptor of `tensor`, valid as long as the tensor is not moved.
DescriptorWords makeDescriptor(Tensor &tensor);

/// Copies what the descriptors in `words` show, one per spec, and frees their
/// buffers: each once, and none that belongs to `arguments` or to a constant of
/// the program. Fails if the memory cannot be had; the buffers are freed then,
/// too.
Result<std::vector<Tensor>>
takeResults(const DescriptorWords &words, const std::vector<TensorSpec> &specs,
            const std::vector<DescriptorWords> &arguments);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_JIT_MEMREFS_H
