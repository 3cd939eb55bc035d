//===- MemRefs.cpp - Tensors as memref descriptors ------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/jit/MemRefs.h"
#include "runtime/cpu/CompiledCode.h"

#include <cstring>
#include <set>

using namespace gdn::runtime;

/// Two addresses and the offset.
static constexpr size_t numLeadingWords = 3;

/// What compiled code gives as the allocated address of a constant.
static constexpr uintptr_t constantAddress = 0xdeadbeef;

size_t gdn::runtime::getNumDescriptorWords(int64_t rank) {
  return numLeadingWords + 2 * static_cast<size_t>(rank);
}

DescriptorWords gdn::runtime::makeDescriptor(Tensor &tensor) {
  return makeDescriptor(tensor.getData(), tensor.getShape());
}

DescriptorWords
gdn::runtime::makeDescriptor(void *pointer, const std::vector<int64_t> &shape) {
  auto address = reinterpret_cast<intptr_t>(pointer);
  DescriptorWords words = {address, address, 0};
  words.insert(words.end(), shape.begin(), shape.end());
  int64_t stride = 1;
  for (size_t dim = shape.size(); dim-- > 0; stride *= shape[dim])
    words.insert(words.begin() + numLeadingWords + shape.size(), stride);
  return words;
}

/// Copies the elements from dimension `dim` on, of `size` bytes each, to `out`
/// and returns the address after the last.
static std::byte *copyStrided(const std::byte *source, const int64_t *sizes,
                              const int64_t *strides, size_t rank,
                              int64_t elementSize, std::byte *out) {
  bool contiguous = rank == 1 && *strides == 1;
  if (rank == 0 || contiguous) {
    size_t bytes = elementSize * (rank == 0 ? 1 : *sizes);
    std::memcpy(out, source, bytes);
    return out + bytes;
  }
  for (int64_t i = 0; i < *sizes; ++i)
    out = copyStrided(source + i * *strides * elementSize, sizes + 1,
                      strides + 1, rank - 1, elementSize, out);
  return out;
}

/// A dense copy of what the descriptor at `words` shows.
static Result<Tensor> copyResult(const int64_t *words, const TensorSpec &spec) {
  size_t rank = spec.shape.size();
  const int64_t *sizes = words + numLeadingWords;
  Result<Tensor> tensor = Tensor::create(spec.dtype, {sizes, sizes + rank});
  if (!tensor || tensor->getNumElements() == 0)
    return tensor;
  int64_t elementSize = getDTypeSize(spec.dtype);
  auto *source = reinterpret_cast<const std::byte *>(words[1]);
  copyStrided(source + words[2] * elementSize, sizes, sizes + rank, rank,
              elementSize, tensor->getData());
  return tensor;
}

Result<std::vector<Tensor>>
gdn::runtime::takeResults(const DescriptorWords &words,
                          const std::vector<TensorSpec> &specs,
                          const std::vector<DescriptorWords> &arguments) {
  std::set<int64_t> kept = {0, constantAddress};
  for (const DescriptorWords &argument : arguments)
    kept.insert(argument[0]);
  std::set<int64_t> owned;
  std::vector<Tensor> results;
  Error failure = Error::success();
  const int64_t *descriptor = words.data();
  for (const TensorSpec &spec : specs) {
    if (!kept.count(descriptor[0]))
      owned.insert(descriptor[0]);
    Result<Tensor> result = copyResult(descriptor, spec);
    if (result)
      results.push_back(std::move(*result));
    else
      failure = result.takeError();
    descriptor += getNumDescriptorWords(spec.shape.size());
  }
  for (int64_t address : owned)
    std::free(reinterpret_cast<void *>(address));
  if (failure)
    return failure;
  return results;
}
