//===- Fill.h - reproducible tensor contents --------------------*- C++ -*-===//
//
// Random contents are counter-based: element i is a function of the seed, the
// tensor's name and i. They use only operations that IEEE 754 rounds exactly,
// so they are the same on every machine and for any number of threads.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CORE_FILL_H
#define GDN_RUNTIME_CORE_FILL_H

#include "runtime/core/Tensor.h"

#include <string_view>

namespace gdn::runtime {

/// Fills `tensor` as `spec` says; every element is computed in f64 and stored
/// as by Tensor::setFromDouble. Spaces around words and numbers are ignored.
///
///   zeros, ones        every element is 0, or 1
///   constant(X)        X, which may be inf, -inf or nan for a float tensor
///   normal(STD)        normal with mean 0; STD is finite and not negative
///   normal(MEAN, STD)  normal
///   uniform(LO, HI)    LO + u (HI - LO) with u in [0, 1), LO <= HI, finite; HI
///                      itself only by rounding to the dtype
///   xavier             normal with std sqrt(2 / (fan_in + fan_out)), which are
///                      the last two sizes; a vector of n has n for both, a
///                      scalar 1
///   arange             i, the index in row-major order
///
/// `threads` is the number of threads that may be used, 0 for the machine's.
/// Fails, leaving `tensor` as it was, if `spec` is none of these.
Error fillTensor(Tensor &tensor, std::string_view spec, uint64_t seed,
                 std::string_view name, unsigned threads = 0);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_FILL_H
