//===- Tolerance.cpp - How far results may be from others -----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Tolerance.h"

using namespace gdn::runtime;

/// One rounding changes an element by at most 3.9e-3 of itself in bf16 and by
/// 4.9e-4 in f16. Near-duplicate keys take f32 arithmetic to 2e-5.
static double getDefault(DType dtype) {
  switch (dtype) {
  case GDN_DTYPE_BF16:
    return 4e-3;
  case GDN_DTYPE_F16:
    return 5e-4;
  default:
    return 2e-5;
  }
}

double gdn::tools::getTolerance(const TensorSpec &spec, DType dtype,
                                std::optional<double> rtol) {
  return spec.rtol.value_or(rtol.value_or(getDefault(dtype)));
}

double gdn::tools::getDecodeTolerance(const TensorSpec &spec, DType dtype,
                                      std::optional<double> rtol) {
  return spec.rtol.value_or(rtol.value_or(5 * getDefault(dtype)));
}
