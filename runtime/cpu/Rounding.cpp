//===- Rounding.cpp - Roundings that not every machine has ----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Half.h"
#include "runtime/cpu/CompiledCode.h"

#include <cstring>

/// The bf16 of `bits` as it is returned: in the lower half of the register that
/// a float would be in. Not every compiler has a type for it.
static float toReturned(uint16_t bits) {
  uint32_t wide = bits;
  float returned;
  std::memcpy(&returned, &wide, sizeof(returned));
  return returned;
}

float gdn_runtime_truncsfbf2(float value) {
  return toReturned(gdn::runtime::f32ToBF16(value));
}

float gdn_runtime_truncdfbf2(double value) {
  return toReturned(gdn::runtime::f64ToBF16(value));
}
