//===- Decode.cpp - Prefill and decoding against the whole ----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Decode.h"
#include "runtime/core/Compare.h"
#include "tools/lib/Report.h"
#include "tools/lib/Tolerance.h"

#include <cstring>

using namespace gdn::runtime;
using namespace gdn::tools;

/// Elements [begin, begin + size) of dimension `dim`, as a tensor of its own.
static Result<Tensor> slice(const Tensor &tensor, int64_t dim, int64_t begin,
                            int64_t size) {
  std::vector<int64_t> shape = tensor.getShape();
  int64_t outer = 1, inner = getDTypeSize(tensor.getDType());
  for (int64_t i = 0; i < dim; ++i)
    outer *= shape[i];
  for (int64_t i = dim + 1; i < tensor.getRank(); ++i)
    inner *= shape[i];
  int64_t whole = shape[dim];
  shape[dim] = size;
  Result<Tensor> part = Tensor::create(tensor.getDType(), shape);
  if (!part)
    return part;
  for (int64_t i = 0; i < outer; ++i)
    std::memcpy(part->getData() + i * size * inner,
                tensor.getData() + (i * whole + begin) * inner, size * inner);
  return part;
}

namespace {
/// A function called for a part of its tokens at a time.
class Decoder {
public:
  Decoder(const CompiledModule &module, const EntryPoint &entry,
          std::vector<Tensor> arguments, const Bounds &bounds)
      : module(module), entry(entry), arguments(std::move(arguments)),
        bounds(bounds) {}

  Error run(int64_t numTokens);

private:
  Error check(int64_t numTokens);
  Result<CallResult> call(int64_t begin, int64_t size);
  Error carry(CallResult &result);
  Error decode(int64_t position);
  Error compareCarried();
  Error record(const Tensor &actual, const Tensor &expected,
               const TensorSpec &spec, std::string &row);

  const CompiledModule &module;
  const EntryPoint &entry;
  /// All tokens, and what is carried at present.
  std::vector<Tensor> arguments;
  Bounds bounds;
  int64_t total = 0;
  std::vector<Tensor> expected;
  double seconds = 0.0;
  /// The first result that is too far from the expected one.
  Error failure = Error::success();
};
} // namespace

/// Finds the number of tokens, and fails if `entry` is not made for decoding.
Error Decoder::check(int64_t numTokens) {
  bool hasTokens = false, carries = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const TensorSpec &spec = entry.arguments[i];
    if (!spec.tokenDim)
      continue;
    int64_t size = arguments[i].getShape()[*spec.tokenDim];
    if (spec.shape[*spec.tokenDim] != kDynamicSize)
      return makeError("--decode expects the token dimension of ",
                       quote(spec.name), " to be dynamic, but got ",
                       formatType(spec));
    if (hasTokens && size != total)
      return makeError("--decode expects ", quote(spec.name), " to have ",
                       total, " tokens, but got ", size);
    total = size;
    hasTokens = true;
  }
  if (!hasTokens)
    return makeError("--decode expects an argument of ", quote(entry.name),
                     " to have a gdn.token_dim");
  for (const TensorSpec &spec : entry.results)
    carries |= entry.findArgument(spec.name).has_value();
  if (!carries)
    return makeError("--decode expects a result of ", quote(entry.name),
                     " to have the gdn.name of an argument");
  if (numTokens > total)
    return makeError("expects --decode to be at most the number of tokens, ",
                     total, ", but got ", numTokens);
  return Error::success();
}

/// Calls the function with `size` tokens from `begin` on.
Result<CallResult> Decoder::call(int64_t begin, int64_t size) {
  std::vector<Tensor> parts;
  parts.reserve(arguments.size());
  std::vector<Tensor *> pointers;
  for (size_t i = 0; i < arguments.size(); ++i) {
    pointers.push_back(&arguments[i]);
    if (!entry.arguments[i].tokenDim)
      continue;
    Result<Tensor> part =
        slice(arguments[i], *entry.arguments[i].tokenDim, begin, size);
    if (!part)
      return part.takeError();
    parts.push_back(std::move(*part));
    pointers.back() = &parts.back();
  }
  Result<CallResult> result = module.call(entry, pointers);
  if (result && !result->report.failures.empty())
    return Error(result->report.failures.front());
  return result;
}

/// Makes results arguments of the next call.
Error Decoder::carry(CallResult &result) {
  for (size_t i = 0; i < entry.results.size(); ++i)
    if (auto index = entry.findArgument(entry.results[i].name)) {
      Result<Tensor> copy = result.results[i].clone();
      if (!copy)
        return copy.takeError();
      arguments[*index] = std::move(*copy);
    }
  return Error::success();
}

/// Compares, adds the error to `row` and notes the first that is too large.
Error Decoder::record(const Tensor &actual, const Tensor &expected,
                      const TensorSpec &spec, std::string &row) {
  Result<Comparison> comparison = compare(actual, expected);
  if (!comparison)
    return makeError("result ", quote(spec.name), ": ",
                     comparison.error().message());
  double error = comparison->relativeError;
  double bound = getDecodeTolerance(spec, actual.getDType(), bounds);
  row += "  " + formatName(spec.name) + " " + formatNumber(error);
  if (!(error <= bound) && !failure)
    failure = makeError("result ", quote(spec.name), " of decoding differs by ",
                        formatNumber(error),
                        " from that of all tokens at once, more than ",
                        formatNumber(bound));
  return Error::success();
}

/// Feeds the token at `position` and compares its results.
Error Decoder::decode(int64_t position) {
  Result<CallResult> result = call(position, 1);
  if (!result)
    return result.takeError();
  seconds += result->seconds;
  std::string row = "token " + pad(std::to_string(position), 6);
  for (size_t i = 0; i < entry.results.size(); ++i) {
    const TensorSpec &spec = entry.results[i];
    if (!spec.tokenDim)
      continue;
    const Tensor &step = result->results[i];
    int64_t size = step.getShape()[*spec.tokenDim];
    if (size < 1 || expected[i].getShape()[*spec.tokenDim] != total)
      return makeError("--decode expects one position of result ",
                       quote(spec.name), " per token");
    Result<Tensor> last = slice(step, *spec.tokenDim, size - 1, 1);
    if (!last)
      return last.takeError();
    Result<Tensor> wanted = slice(expected[i], *spec.tokenDim, position, 1);
    if (!wanted)
      return wanted.takeError();
    if (Error error = record(*last, *wanted, spec, row))
      return error;
  }
  printRow("decode", row);
  return carry(*result);
}

/// Compares what is carried after the last token with the first call's.
Error Decoder::compareCarried() {
  std::string row = pad("carried", 12);
  for (size_t i = 0; i < entry.results.size(); ++i)
    if (auto index = entry.findArgument(entry.results[i].name))
      if (Error error =
              record(arguments[*index], expected[i], entry.results[i], row))
        return error;
  printRow("decode", row);
  return Error::success();
}

Error Decoder::run(int64_t numTokens) {
  if (Error error = check(numTokens))
    return error;
  Result<CallResult> whole = call(0, total);
  if (!whole)
    return whole.takeError();
  expected = std::move(whole->results);
  printRow("run", formatSeconds(whole->seconds) + " for " +
                      std::to_string(total) + " tokens at once");
  if (numTokens < total) {
    Result<CallResult> prefill = call(0, total - numTokens);
    if (!prefill)
      return prefill.takeError();
    if (Error error = carry(*prefill))
      return error;
  }
  for (int64_t position = total - numTokens; position < total; ++position)
    if (Error error = decode(position))
      return error;
  if (Error error = compareCarried())
    return error;
  printRow("run", formatSeconds(seconds / static_cast<double>(numTokens)) +
                      " per decoded token");
  return failure;
}

Error gdn::tools::runDecode(const CompiledModule &module,
                            const EntryPoint &entry,
                            std::vector<Tensor> arguments, int64_t numTokens,
                            const Bounds &bounds) {
  return Decoder(module, entry, std::move(arguments), bounds).run(numTokens);
}
