//===- Product.h - What tensor cores compute --------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One product of tensor cores, c += a b, is taken as each element's exact
// products, added up with c in f64 in the order of k and rounded once to f32.
// The PTX ISA leaves order and precision open. GPUs align the products of some
// neighbours to the largest and cut bits off there, which loses a little more;
// what both give differs by less than the f32 roundings of a loop do. NaN and
// infinities propagate as IEEE 754 says.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_PRODUCT_H
#define GDN_RUNTIME_SIM_PRODUCT_H

namespace gdn::runtime::sim {

/// c[j] += a[l] b[l][j], for `n` columns, a multiple of 8. A product of
/// elements of at most 11 bits is exact in f64: fusing it with the sum changes
/// nothing.
template <int k>
void multiplyRow(const float *a, const double *b, float *c, int n) {
  constexpr int kWidth = 8;
  for (int begin = 0; begin < n; begin += kWidth) {
    double sums[kWidth];
    for (int j = 0; j < kWidth; ++j)
      sums[j] = static_cast<double>(c[begin + j]);
    for (int l = 0; l < k; ++l) {
      auto factor = static_cast<double>(a[l]);
      for (int j = 0; j < kWidth; ++j)
        sums[j] += factor * b[l * n + begin + j];
    }
    for (int j = 0; j < kWidth; ++j)
      c[begin + j] = static_cast<float>(sums[j]);
  }
}

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_PRODUCT_H
