//===- Floats.h - The floats that tensor cores multiply ---------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_FLOATS_H
#define GDN_RUNTIME_SIM_FLOATS_H

#include <cstdint>
#include <cstring>

namespace gdn::runtime::sim {

inline float toFloat(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

inline uint32_t toBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

/// The f32 equal to the f16 with these bits.
inline float fromF16(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000) << 16;
  uint32_t magnitude = half & 0x7fff;
  // Infinity and NaN keep their mantissa; 2^112 moves all other exponents.
  if (magnitude >= 0x7c00)
    return toFloat(sign | 0x7f800000 | magnitude << 13);
  return toFloat(sign | toBits(toFloat(magnitude << 13) * 0x1p112f));
}

/// The f32 equal to the bf16 with these bits.
inline float fromBf16(uint16_t half) { return toFloat(uint32_t(half) << 16); }

/// What a tensor core sees of an f32: 10 bits of mantissa.
inline float fromTf32(uint32_t bits) { return toFloat(bits & ~0x1fffu); }

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_FLOATS_H
