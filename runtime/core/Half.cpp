//===- Half.cpp - conversions to and from 16-bit floats -------------------===//

#include "runtime/core/Half.h"

#include <cstring>

using namespace gdn::runtime;

namespace {

/// A binary floating-point format: the bits of its exponent and mantissa.
template <typename BitsT, int ExponentBits, int MantissaBits> struct Format {
  using Bits = BitsT;
  static constexpr int exponentBits = ExponentBits;
  static constexpr int mantissaBits = MantissaBits;
  static constexpr int bias = (1 << (exponentBits - 1)) - 1;
  /// The exponent field of infinities and NaNs.
  static constexpr int special = (1 << exponentBits) - 1;
  static constexpr Bits quietBit = Bits(1) << (mantissaBits - 1);
  static constexpr Bits hidden = Bits(1) << mantissaBits;
  static constexpr Bits mantissaMask = hidden - 1;
  static constexpr Bits infinity = Bits(special) << mantissaBits;
  static constexpr int signShift = exponentBits + mantissaBits;
};

using F16 = Format<uint16_t, 5, 10>;
using BF16 = Format<uint16_t, 8, 7>;
using F32 = Format<uint32_t, 8, 23>;
using F64 = Format<uint64_t, 11, 52>;

template <typename To, typename From> To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From), "bit casts keep the size");
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

} // namespace

/// `bits >> shift`, rounded to nearest, ties to even. 0 < shift < 64.
static uint64_t shiftRightRounded(uint64_t bits, int shift) {
  uint64_t kept = bits >> shift;
  uint64_t rest = bits & ((uint64_t(1) << shift) - 1);
  uint64_t half = uint64_t(1) << (shift - 1);
  return kept + (rest > half || (rest == half && (kept & 1)));
}

/// The magnitude (all bits but the sign) of `from`, in the format `To`.
template <typename To, typename From>
static uint64_t narrowMagnitude(typename From::Bits from) {
  constexpr int dropped = From::mantissaBits - To::mantissaBits;
  uint64_t mantissa = from & From::mantissaMask;
  int field = static_cast<int>(from >> From::mantissaBits) & From::special;
  if (field == From::special)
    return mantissa ? To::infinity | To::quietBit | (mantissa >> dropped)
                    : To::infinity;
  int exponent = field - From::bias + To::bias;
  if (exponent >= To::special)
    return To::infinity;
  // A carry out of the mantissa moves into the exponent, up to infinity.
  if (exponent > 0)
    return shiftRightRounded(
        (uint64_t(exponent) << From::mantissaBits) | mantissa, dropped);
  // Subnormal in `To`. If it is subnormal in `From` as well, it has no hidden
  // bit and its exponent is that of field 1.
  uint64_t significand = field ? mantissa | From::hidden : mantissa;
  int shift = dropped + 1 - exponent - (field ? 0 : 1);
  return shift < From::mantissaBits + 3 ? shiftRightRounded(significand, shift)
                                        : 0;
}

template <typename To, typename From>
static uint16_t narrow(typename From::Bits from) {
  uint16_t sign = static_cast<uint16_t>((from >> From::signShift) << 15);
  return sign | static_cast<uint16_t>(narrowMagnitude<To, From>(from));
}

uint16_t gdn::runtime::f32ToF16(float value) {
  return narrow<F16, F32>(bitCast<uint32_t>(value));
}

uint16_t gdn::runtime::f32ToBF16(float value) {
  return narrow<BF16, F32>(bitCast<uint32_t>(value));
}

uint16_t gdn::runtime::f64ToF16(double value) {
  return narrow<F16, F64>(bitCast<uint64_t>(value));
}

uint16_t gdn::runtime::f64ToBF16(double value) {
  return narrow<BF16, F64>(bitCast<uint64_t>(value));
}

float gdn::runtime::f16ToF32(uint16_t bits) {
  uint32_t sign = uint32_t(bits >> 15) << 31;
  uint32_t magnitude = bits & 0x7fffu;
  if (magnitude < F16::hidden) {
    // Zero or subnormal: a multiple of 2^-24, exact in f32.
    float value = static_cast<float>(magnitude) * 0x1p-24f;
    return bitCast<float>(sign | bitCast<uint32_t>(value));
  }
  constexpr int added = F32::mantissaBits - F16::mantissaBits;
  if (magnitude >= F16::infinity) {
    uint32_t payload = uint32_t(magnitude & F16::mantissaMask) << added;
    uint32_t quiet = payload ? F32::quietBit : 0;
    return bitCast<float>(sign | F32::infinity | quiet | payload);
  }
  constexpr uint32_t rebias = uint32_t(F32::bias - F16::bias)
                              << F32::mantissaBits;
  return bitCast<float>(sign | ((magnitude << added) + rebias));
}

float gdn::runtime::bf16ToF32(uint16_t bits) {
  bool isNaN = (bits & 0x7fff) > BF16::infinity;
  uint32_t quiet = isNaN ? F32::quietBit : 0;
  return bitCast<float>((uint32_t(bits) << 16) | quiet);
}

double gdn::runtime::f16ToF64(uint16_t bits) { return f16ToF32(bits); }

double gdn::runtime::bf16ToF64(uint16_t bits) { return bf16ToF32(bits); }
