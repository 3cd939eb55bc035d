//===- Compare.cpp - how far two tensors are apart ------------------------===//

#include "runtime/core/Compare.h"

#include "runtime/core/Hash.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace gdn::runtime;

namespace {

/// Sums of squares in extended precision: where long double has a wider
/// exponent than double, no finite element overflows or vanishes.
class Accumulator {
public:
  void add(double actual, double expected, int64_t index);
  Comparison finish() const;

private:
  void raiseMax(double error, int64_t index) {
    if (error > result.maxAbsError) {
      result.maxAbsError = error;
      result.maxAbsErrorIndex = index;
    }
  }

  Comparison result;
  long double errorSquares = 0.0L;
  long double expectedSquares = 0.0L;
};

} // namespace

void Accumulator::add(double actual, double expected, int64_t index) {
  if (std::isfinite(actual) && std::isfinite(expected)) {
    long double error = static_cast<long double>(actual) - expected;
    errorSquares += error * error;
    expectedSquares += static_cast<long double>(expected) * expected;
    raiseMax(std::abs(static_cast<double>(error)), index);
    return;
  }
  if (actual == expected || (std::isnan(actual) && std::isnan(expected)))
    return;
  ++(std::isfinite(actual) ? result.numMissingNonFinite
                           : result.numUnexpectedNonFinite);
  raiseMax(std::numeric_limits<double>::infinity(), index);
}

Comparison Accumulator::finish() const {
  Comparison comparison = result;
  long double error = std::sqrt(errorSquares);
  if (expectedSquares > 0.0L)
    error /= std::sqrt(expectedSquares);
  comparison.relativeError = static_cast<double>(error);
  if (result.numUnexpectedNonFinite || result.numMissingNonFinite)
    comparison.relativeError = std::numeric_limits<double>::infinity();
  return comparison;
}

/// Whether `expected`, rounded to `dtype`, is `actual`.
static bool roundsTo(double actual, double expected, DType dtype) {
  Result<Tensor> rounded = Tensor::create(dtype, {});
  if (!rounded)
    return false;
  rounded->setFromDouble(0, expected);
  return rounded->at(0) == actual;
}

Result<Comparison> gdn::runtime::compare(const Tensor &actual,
                                         const Tensor &expected) {
  if (actual.getShape() != expected.getShape())
    return makeError("expects the shape to be ",
                     formatShape(expected.getShape()), ", but got ",
                     formatShape(actual.getShape()));
  constexpr int64_t blockSize = 512;
  double actualBlock[blockSize], expectedBlock[blockSize];
  Accumulator accumulator;
  int64_t total = actual.getNumElements();
  for (int64_t begin = 0; begin < total; begin += blockSize) {
    int64_t count = std::min(blockSize, total - begin);
    actual.readDoubles(begin, count, actualBlock);
    expected.readDoubles(begin, count, expectedBlock);
    for (int64_t i = 0; i < count; ++i)
      if (!std::isinf(actualBlock[i]) ||
          !roundsTo(actualBlock[i], expectedBlock[i], actual.getDType()))
        accumulator.add(actualBlock[i], expectedBlock[i], begin + i);
  }
  Comparison result = accumulator.finish();
  result.bitwiseEqual =
      actual.getDType() == expected.getDType() &&
      std::memcmp(actual.getData(), expected.getData(),
                  static_cast<size_t>(actual.getNumBytes())) == 0;
  return result;
}

uint64_t gdn::runtime::checksum(const Tensor &tensor) {
  return hashBytes({reinterpret_cast<const char *>(tensor.getData()),
                    static_cast<size_t>(tensor.getNumBytes())});
}
