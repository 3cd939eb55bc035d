//===- EntryPoint.cpp - Signatures of callable functions ------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/jit/EntryPoint.h"
#include "gdn/Support/DType.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gdn::runtime;

/// Reads type and attributes; `what` is "argument" or "result" for errors.
static Result<TensorSpec> getTensorSpec(func::FuncOp function, StringRef what,
                                        unsigned index, Type type,
                                        DictionaryAttr attributes) {
  auto describe = [&] {
    return what.str() + " " + std::to_string(index) + " of '" +
           function.getName().str() + "'";
  };
  auto tensorType = dyn_cast<RankedTensorType>(type);
  auto dtype =
      tensorType ? gdn::getDType(tensorType.getElementType()) : std::nullopt;
  if (!dtype) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return makeError("expects ", describe(),
                     " to be a ranked tensor of floats or integers, but got ",
                     text);
  }
  TensorSpec spec;
  spec.name = (what == "argument" ? "arg" : "result") + std::to_string(index);
  spec.dtype = *dtype;
  for (int64_t size : tensorType.getShape())
    spec.shape.push_back(ShapedType::isDynamic(size) ? kDynamicSize : size);
  if (!attributes)
    return spec;
  if (auto name = attributes.getAs<StringAttr>("gdn.name"))
    spec.name = name.str();
  if (auto init = attributes.getAs<StringAttr>("gdn.init"))
    spec.init = init.str();
  if (auto rtol = attributes.getAs<FloatAttr>("gdn.rtol"))
    spec.rtol = rtol.getValueAsDouble();
  if (auto dim = attributes.getAs<IntegerAttr>("gdn.token_dim")) {
    spec.tokenDim = dim.getInt();
    if (*spec.tokenDim < 0 || *spec.tokenDim >= tensorType.getRank())
      return makeError("expects 'gdn.token_dim' of ", describe(),
                       " to be below the rank ", tensorType.getRank(),
                       ", but got ", *spec.tokenDim);
  }
  return spec;
}

/// Fails if two of `specs` go by one name.
static Error checkNames(func::FuncOp function, StringRef what,
                        const std::vector<TensorSpec> &specs) {
  llvm::StringSet<> names;
  for (const TensorSpec &spec : specs)
    if (!names.insert(spec.name).second)
      return makeError("two ", what.str(), "s of '", function.getName().str(),
                       "' have the name ", quote(spec.name));
  return Error::success();
}

Result<EntryPoint> gdn::runtime::getEntryPoint(func::FuncOp function) {
  EntryPoint entry;
  entry.name = function.getName().str();
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    Result<TensorSpec> spec = getTensorSpec(function, "argument", i, type,
                                            function.getArgAttrDict(i));
    if (!spec)
      return spec.takeError();
    entry.arguments.push_back(std::move(*spec));
  }
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    Result<TensorSpec> spec = getTensorSpec(function, "result", i, type,
                                            function.getResultAttrDict(i));
    if (!spec)
      return spec.takeError();
    entry.results.push_back(std::move(*spec));
  }
  if (Error error = checkNames(function, "argument", entry.arguments))
    return error;
  if (Error error = checkNames(function, "result", entry.results))
    return error;
  return entry;
}

std::optional<size_t> EntryPoint::findArgument(const std::string &name) const {
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].name == name)
      return i;
  return std::nullopt;
}

bool gdn::runtime::accepts(const TensorSpec &spec, const Tensor &tensor) {
  return accepts(spec, tensor.getDType(), tensor.getShape());
}

bool gdn::runtime::accepts(const TensorSpec &spec, DType dtype,
                           const std::vector<int64_t> &shape) {
  if (dtype != spec.dtype || shape.size() != spec.shape.size())
    return false;
  for (size_t dim = 0; dim < shape.size(); ++dim)
    if (spec.shape[dim] != kDynamicSize && spec.shape[dim] != shape[dim])
      return false;
  return true;
}

std::string gdn::runtime::formatType(DType dtype,
                                     const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (size == kDynamicSize ? "?" : std::to_string(size)) + "x";
  return text + getDTypeName(dtype);
}

std::string gdn::runtime::formatType(const TensorSpec &spec) {
  return formatType(spec.dtype, spec.shape);
}

std::string gdn::runtime::formatType(const Tensor &tensor) {
  return formatType(tensor.getDType(), tensor.getShape());
}
