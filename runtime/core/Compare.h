//===- Compare.h - how far two tensors are apart ----------------*- C++ -*-===//

#ifndef GDN_RUNTIME_CORE_COMPARE_H
#define GDN_RUNTIME_CORE_COMPARE_H

#include "runtime/core/Tensor.h"

namespace gdn::runtime {

/// How a tensor differs from the one expected. Elements are compared as f64.
/// Equal infinities agree, and so do two NaNs, and an infinity and what rounds
/// to it in the dtype of actual; they count for nothing below.
/// Any other element that is not finite on either side disagrees, and makes
/// both errors infinite.
struct Comparison {
  /// ||actual - expected|| / ||expected|| in the 2-norm, or ||actual|| where
  /// ||expected|| is 0.
  double relativeError = 0.0;
  /// The greatest |actual - expected|, and the row-major index of the first
  /// element that has it; -1 if all elements agree.
  double maxAbsError = 0.0;
  int64_t maxAbsErrorIndex = -1;
  /// Elements of actual that are NaN or infinite and disagree with expected.
  int64_t numUnexpectedNonFinite = 0;
  /// Elements of expected that are NaN or infinite where actual is finite.
  int64_t numMissingNonFinite = 0;
  /// The dtypes and all bytes are equal: unlike the rest, this tells 0 from -0
  /// and one NaN from another.
  bool bitwiseEqual = false;
};

/// Compares two tensors of any dtypes; fails if their shapes differ.
Result<Comparison> compare(const Tensor &actual, const Tensor &expected);

/// The 64-bit FNV-1a hash of the tensor's bytes, the same on every run and
/// machine. Dtype and shape do not enter.
uint64_t checksum(const Tensor &tensor);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_COMPARE_H
