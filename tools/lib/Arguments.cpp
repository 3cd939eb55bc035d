//===- Arguments.cpp - Tensors for the arguments of a function ------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Arguments.h"
#include "runtime/core/Fill.h"
#include "runtime/core/Safetensors.h"
#include "runtime/cpu/Invocation.h"
#include "tools/lib/LoadModule.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>

using namespace gdn::runtime;
using namespace gdn::tools;

namespace {
/// Collects the arguments of one entry point.
class Binder {
public:
  Binder(const EntryPoint &entry, const RunOptions &options)
      : entry(entry), options(options), bound(entry.arguments.size()) {}

  Result<std::vector<Tensor>> bind();

private:
  Error bindInputs();
  Error bindBytes();
  Error findTokens();
  Error fill(size_t index);

  Error checkType(const TensorSpec &spec, DType dtype,
                  const std::vector<int64_t> &shape,
                  const std::string &source) const;
  Result<std::vector<int64_t>> getFillShape(const TensorSpec &spec) const;
  std::string describe(const TensorSpec &spec) const;

  const EntryPoint &entry;
  const RunOptions &options;
  std::vector<std::optional<Tensor>> bound;
  /// Size of the token dimension of arguments that are filled.
  std::optional<int64_t> tokens;
  uint64_t numBytes = 0;
};
} // namespace

std::string Binder::describe(const TensorSpec &spec) const {
  return "argument " + quote(spec.name) + " of " + quote(entry.name);
}

Error Binder::checkType(const TensorSpec &spec, DType dtype,
                        const std::vector<int64_t> &shape,
                        const std::string &source) const {
  if (accepts(spec, dtype, shape))
    return Error::success();
  return makeError("expects ", describe(spec), " to be ", formatType(spec),
                   ", but got ", formatType(dtype, shape), " from ", source);
}

Error Binder::bindInputs() {
  if (!options.inputs)
    return Error::success();
  auto accept = [&](const std::string &name, DType dtype,
                    const std::vector<int64_t> &shape) {
    std::optional<size_t> index = entry.findArgument(name);
    if (!index)
      return makeError("tensor ", quote(name), " in ", quote(*options.inputs),
                       " is no argument of ", quote(entry.name));
    return checkType(entry.arguments[*index], dtype, shape,
                     quote(*options.inputs));
  };
  Result<std::vector<NamedTensor>> inputs =
      readSafetensors(*options.inputs, accept);
  if (!inputs)
    return inputs.takeError();
  for (NamedTensor &input : *inputs)
    bound[*entry.findArgument(input.name)] = std::move(input.tensor);
  return Error::success();
}

/// The bytes of `file` as elements along the last dimension of `spec`.
static Result<Tensor> readBytes(const TensorSpec &spec,
                                const std::string &file) {
  if (Error error = expectRegularFile(file))
    return error;
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (std::error_code code = buffer.getError())
    return makeError("cannot read ", quote(file), ": ",
                     describeErrno(code.value()));
  llvm::StringRef bytes = (*buffer)->getBuffer();
  std::vector<int64_t> shape(spec.shape.size(), 1);
  shape.back() = static_cast<int64_t>(bytes.size());
  Result<Tensor> tensor = Tensor::create(spec.dtype, shape);
  if (!tensor)
    return tensor;
  if (getDTypeSize(spec.dtype) == 1) {
    std::memcpy(tensor->getData(), bytes.data(), bytes.size());
    return tensor;
  }
  for (size_t i = 0; i < bytes.size(); ++i)
    tensor->setFromDouble(i, static_cast<unsigned char>(bytes[i]));
  return tensor;
}

Error Binder::bindBytes() {
  for (const auto &[name, file] : options.bytes) {
    std::optional<size_t> index = entry.findArgument(name);
    if (!index)
      return makeError("--bytes gives ", quote(name),
                       ", which is no argument of ", quote(entry.name));
    const TensorSpec &spec = entry.arguments[*index];
    if (bound[*index])
      return makeError(describe(spec), " is given by --inputs and by --bytes");
    if (isFloat(spec.dtype) || spec.dtype == GDN_DTYPE_BOOL ||
        spec.shape.empty())
      return makeError("expects ", describe(spec),
                       " to hold integers for --bytes, but it is ",
                       formatType(spec));
    Result<Tensor> tensor = readBytes(spec, file);
    if (!tensor)
      return tensor.takeError();
    if (Error error = checkType(spec, tensor->getDType(), tensor->getShape(),
                                quote(file)))
      return error;
    bound[*index] = std::move(*tensor);
  }
  return Error::success();
}

/// Finds the number of tokens; all arguments that are given must agree with it.
Error Binder::findTokens() {
  tokens = options.tokens;
  std::string source = "--tokens";
  for (size_t i = 0; i < bound.size(); ++i) {
    const TensorSpec &spec = entry.arguments[i];
    if (!spec.tokenDim)
      continue;
    int64_t size = bound[i] ? bound[i]->getShape()[*spec.tokenDim]
                            : spec.shape[*spec.tokenDim];
    if (size == kDynamicSize)
      continue;
    if (tokens && *tokens != size)
      return makeError("expects ", describe(spec), " to have ", *tokens,
                       " tokens like ", source, ", but it has ", size);
    tokens = size;
    source = quote(spec.name);
  }
  return Error::success();
}

Result<std::vector<int64_t>>
Binder::getFillShape(const TensorSpec &spec) const {
  std::vector<int64_t> shape = spec.shape;
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    if (shape[dim] != kDynamicSize)
      continue;
    if (spec.tokenDim != static_cast<int64_t>(dim))
      return makeError("cannot fill ", describe(spec), ": dimension ", dim,
                       " of ", formatType(spec), " is dynamic; use --inputs");
    if (!tokens)
      return makeError("cannot fill ", describe(spec), ": dimension ", dim,
                       " of ", formatType(spec), " is dynamic; use --tokens");
    shape[dim] = *tokens;
  }
  return shape;
}

/// Makes the argument at `index` as its gdn.init says.
Error Binder::fill(size_t index) {
  const TensorSpec &spec = entry.arguments[index];
  if (!spec.init)
    return makeError(describe(spec), " has no value: it is not in --inputs and "
                                     "has no gdn.init");
  Result<std::vector<int64_t>> shape = getFillShape(spec);
  if (!shape)
    return shape.takeError();
  Result<int64_t> size = computeByteSize(spec.dtype, *shape);
  if (!size)
    return makeError("cannot fill ", describe(spec), ": ",
                     size.error().message());
  numBytes += static_cast<uint64_t>(*size);
  if (numBytes > getPhysicalMemory())
    return makeError("cannot fill ", describe(spec), ": arguments of ",
                     numBytes, " bytes exceed this machine's memory");
  Result<Tensor> tensor = Tensor::create(spec.dtype, std::move(*shape));
  if (!tensor)
    return makeError("cannot fill ", describe(spec), ": ",
                     tensor.error().message());
  if (Error error = fillTensor(*tensor, *spec.init, options.seed, spec.name,
                               options.threads.value_or(0)))
    return makeError("cannot fill ", describe(spec), ": ", error.message());
  bound[index] = std::move(*tensor);
  return Error::success();
}

Result<std::vector<Tensor>> Binder::bind() {
  if (Error error = bindInputs())
    return error;
  if (Error error = bindBytes())
    return error;
  for (const std::optional<Tensor> &tensor : bound)
    numBytes += tensor ? static_cast<uint64_t>(tensor->getNumBytes()) : 0;
  if (Error error = findTokens())
    return error;
  std::vector<Tensor> tensors;
  for (size_t i = 0; i < bound.size(); ++i) {
    if (!bound[i])
      if (Error error = fill(i))
        return error;
    tensors.push_back(std::move(*bound[i]));
  }
  return tensors;
}

Result<std::vector<Tensor>>
gdn::tools::bindArguments(const EntryPoint &entry, const RunOptions &options) {
  return Binder(entry, options).bind();
}

int64_t gdn::tools::countTokens(const EntryPoint &entry,
                                const std::vector<Tensor> &arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!entry.arguments[i].tokenDim)
      continue;
    int64_t count = 1;
    for (int64_t dim = 0; dim <= *entry.arguments[i].tokenDim; ++dim)
      count *= arguments[i].getShape()[dim];
    return count;
  }
  return 0;
}
