//===- Fill.cpp - reproducible tensor contents ----------------------------===//

#include "runtime/core/Fill.h"

#include "runtime/core/Hash.h"
#include "runtime/core/Random.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <thread>

using namespace gdn::runtime;

namespace {

/// A parsed specification.
struct FillSpec {
  enum class Kind { Constant, Normal, Uniform, Xavier, Arange };
  Kind kind;
  /// Constant: a is the value. Normal: a mean, b std. Uniform: [a, b].
  double a = 0.0;
  double b = 0.0;
};

} // namespace

static std::string_view trim(std::string_view text) {
  constexpr std::string_view spaces = " \t";
  size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

static std::optional<double> parseNumber(std::string_view text) {
  text = trim(text);
  double value;
  auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// The one or two numbers of "X" or "X, Y"; nothing for anything else.
static std::vector<double> parseArguments(std::string_view text) {
  std::vector<double> values;
  size_t comma = text.find(',');
  for (std::string_view part :
       {text.substr(0, comma), comma == std::string_view::npos
                                   ? std::string_view("0")
                                   : text.substr(comma + 1)}) {
    std::optional<double> value = parseNumber(part);
    if (!value)
      return {};
    values.push_back(*value);
  }
  values.resize(comma == std::string_view::npos ? 1 : 2);
  return values;
}

static std::optional<FillSpec> parseSpec(std::string_view text) {
  using Kind = FillSpec::Kind;
  text = trim(text);
  size_t paren = text.find('(');
  if (paren == std::string_view::npos) {
    if (text == "zeros")
      return FillSpec{Kind::Constant, 0.0};
    if (text == "ones")
      return FillSpec{Kind::Constant, 1.0};
    if (text == "xavier")
      return FillSpec{Kind::Xavier};
    if (text == "arange")
      return FillSpec{Kind::Arange};
    return std::nullopt;
  }
  if (text.back() != ')')
    return std::nullopt;
  std::string_view word = trim(text.substr(0, paren));
  text.remove_suffix(1);
  std::vector<double> values = parseArguments(text.substr(paren + 1));
  if (word == "constant" && values.size() == 1)
    return FillSpec{Kind::Constant, values[0]};
  if (!std::all_of(values.begin(), values.end(),
                   [](double value) { return std::isfinite(value); }))
    return std::nullopt;
  if (word == "normal" && !values.empty() && values.back() >= 0.0)
    return FillSpec{Kind::Normal, values.size() == 2 ? values[0] : 0.0,
                    values.back()};
  if (word == "uniform" && values.size() == 2 && values[0] <= values[1])
    return FillSpec{Kind::Uniform, values[0], values[1]};
  return std::nullopt;
}

static double computeXavierStd(const std::vector<int64_t> &shape) {
  if (shape.empty())
    return 1.0;
  double fanOut = static_cast<double>(shape.back());
  double fanIn =
      shape.size() == 1 ? fanOut : static_cast<double>(*(shape.end() - 2));
  return std::sqrt(2.0 / (fanIn + fanOut));
}

/// Computes elements [begin, begin + count) into `out`; begin is even.
static void computeBlock(const FillSpec &spec, uint64_t key, int64_t begin,
                         int64_t count, double *out) {
  switch (spec.kind) {
  case FillSpec::Kind::Constant:
    std::fill_n(out, count, spec.a);
    return;
  case FillSpec::Kind::Arange:
    for (int64_t i = 0; i < count; ++i)
      out[i] = static_cast<double>(begin + i);
    return;
  case FillSpec::Kind::Uniform:
    for (int64_t i = 0; i < count; ++i) {
      double u = randomUnit(key, static_cast<uint64_t>(begin + i));
      out[i] = spec.a * (1.0 - u) + spec.b * u;
    }
    return;
  case FillSpec::Kind::Normal:
  case FillSpec::Kind::Xavier:
    for (int64_t i = 0; i < count; i += 2) {
      NormalPair pair = randomNormals(key, static_cast<uint64_t>(begin + i));
      out[i] = spec.a + spec.b * pair.even;
      if (i + 1 < count)
        out[i + 1] = spec.a + spec.b * pair.odd;
    }
    return;
  }
}

/// Fills elements [begin, end), block by block; begin is even.
static void fillRange(Tensor &tensor, const FillSpec &spec, uint64_t key,
                      int64_t begin, int64_t end) {
  constexpr int64_t blockSize = 1024;
  double block[blockSize];
  for (; begin < end; begin += blockSize) {
    int64_t count = std::min(blockSize, end - begin);
    computeBlock(spec, key, begin, count, block);
    tensor.writeDoubles(begin, count, block);
  }
}

Error gdn::runtime::fillTensor(Tensor &tensor, std::string_view text,
                               uint64_t seed, std::string_view name,
                               unsigned threads) {
  std::optional<FillSpec> spec = parseSpec(text);
  if (!spec)
    return makeError("expects the fill of ", quote(name),
                     " to be zeros, ones, constant(X), normal(STD), "
                     "normal(MEAN, STD) with STD >= 0, uniform(LO, HI) with "
                     "LO <= HI, xavier or arange, but got ",
                     quote(text));
  if (!isFloat(tensor.getDType()) && !std::isfinite(spec->a))
    return makeError("expects the fill of ", quote(name), " to be finite for ",
                     getDTypeName(tensor.getDType()), ", but got ",
                     quote(text));
  if (spec->kind == FillSpec::Kind::Xavier)
    spec->b = computeXavierStd(tensor.getShape());

  uint64_t key = mixBits(mixBits(seed) + hashBytes(name));
  int64_t count = tensor.getNumElements();
  // A thread is worth its start from about a millisecond of work.
  constexpr int64_t minShare = 1 << 16;
  int64_t shares = threads ? threads : std::thread::hardware_concurrency();
  shares =
      std::clamp<int64_t>(count / minShare, 1, std::max<int64_t>(shares, 1));
  // Even, so that no pair of normals is split.
  int64_t share = (count / shares + 2) / 2 * 2;
  std::vector<std::thread> workers;
  for (int64_t begin = share; begin < count; begin += share)
    workers.emplace_back([&tensor, &spec, key, begin, share, count] {
      fillRange(tensor, *spec, key, begin, std::min(begin + share, count));
    });
  fillRange(tensor, *spec, key, 0, std::min(share, count));
  for (std::thread &worker : workers)
    worker.join();
  return Error::success();
}
