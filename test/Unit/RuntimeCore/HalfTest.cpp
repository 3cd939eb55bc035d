//===- HalfTest.cpp - conversions to and from 16-bit floats ---------------===//

#include "runtime/core/Half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

using namespace gdn::runtime;

static float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

static uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

/// What `bits` mean, by the definition of the format.
static double decode(uint16_t bits, int exponentBits, int mantissaBits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  int exponent = (bits & 0x7fff) >> mantissaBits;
  int mantissa = bits & ((1 << mantissaBits) - 1);
  double sign = bits >> 15 ? -1.0 : 1.0;
  if (exponent == (1 << exponentBits) - 1)
    return mantissa ? std::nan("") : sign * INFINITY;
  if (exponent == 0)
    return sign * std::ldexp(mantissa, 1 - bias - mantissaBits);
  return sign * std::ldexp(mantissa + (1 << mantissaBits),
                           exponent - bias - mantissaBits);
}

/// A format under test.
struct Half {
  const char *name;
  int exponentBits, mantissaBits;
  float (*toF32)(uint16_t);
  double (*toF64)(uint16_t);
  uint16_t (*fromF32)(float);
  uint16_t (*fromF64)(double);

  uint16_t infinity() const {
    return static_cast<uint16_t>(((1 << exponentBits) - 1) << mantissaBits);
  }
  uint16_t quietBit() const {
    return static_cast<uint16_t>(1 << (mantissaBits - 1));
  }
  bool isNaN(uint16_t bits) const { return (bits & 0x7fff) > infinity(); }
};

class HalfTest : public testing::TestWithParam<Half> {};

INSTANTIATE_TEST_SUITE_P(Formats, HalfTest,
                         testing::Values(Half{"f16", 5, 10, f16ToF32, f16ToF64,
                                              f32ToF16, f64ToF16},
                                         Half{"bf16", 8, 7, bf16ToF32,
                                              bf16ToF64, f32ToBF16, f64ToBF16}),
                         [](const auto &info) { return info.param.name; });

TEST_P(HalfTest, WidensEveryValueExactly) {
  const Half &half = GetParam();
  for (uint32_t i = 0; i <= 0xffff; ++i) {
    uint16_t bits = static_cast<uint16_t>(i);
    double expected = decode(bits, half.exponentBits, half.mantissaBits);
    if (half.isNaN(bits)) {
      ASSERT_TRUE(std::isnan(half.toF32(bits)) && std::isnan(half.toF64(bits)))
          << bits;
      continue;
    }
    ASSERT_EQ(half.toF64(bits), expected) << bits;
    ASSERT_EQ(half.toF32(bits), expected) << bits;
    ASSERT_EQ(std::signbit(half.toF64(bits)), std::signbit(expected)) << bits;
  }
}

TEST_P(HalfTest, EveryValueComesBack) {
  const Half &half = GetParam();
  for (uint32_t i = 0; i <= 0xffff; ++i) {
    uint16_t bits = static_cast<uint16_t>(i);
    // NaNs keep their payload and become quiet.
    uint16_t expected = half.isNaN(bits) ? bits | half.quietBit() : bits;
    ASSERT_EQ(half.fromF32(half.toF32(bits)), expected) << bits;
    ASSERT_EQ(half.fromF64(half.toF64(bits)), expected) << bits;
  }
}

TEST_P(HalfTest, RoundsToNearestTiesToEven) {
  const Half &half = GetParam();
  for (uint16_t low = 0; low < half.infinity() - 1; ++low) {
    uint16_t high = low + 1, even = low & 1 ? high : low;
    double middle = (half.toF64(low) + half.toF64(high)) / 2;
    ASSERT_EQ(half.fromF64(middle), even) << low;
    ASSERT_EQ(half.fromF64(-middle), even | 0x8000) << low;
    ASSERT_EQ(half.fromF64(std::nextafter(middle, 0.0)), low) << low;
    ASSERT_EQ(half.fromF64(std::nextafter(middle, INFINITY)), high) << low;

    float single = static_cast<float>(middle);
    ASSERT_EQ(single, middle) << low;
    ASSERT_EQ(half.fromF32(single), even) << low;
    ASSERT_EQ(half.fromF32(-single), even | 0x8000) << low;
    ASSERT_EQ(half.fromF32(std::nextafterf(single, 0.0f)), low) << low;
    ASSERT_EQ(half.fromF32(std::nextafterf(single, INFINITY)), high) << low;
  }
}

TEST_P(HalfTest, OverflowsToInfinityFromHalfAStep) {
  const Half &half = GetParam();
  uint16_t largest = half.infinity() - 1;
  double last = half.toF64(largest);
  double limit = last + (last - half.toF64(largest - 1)) / 2;
  EXPECT_EQ(half.fromF64(std::nextafter(limit, 0.0)), largest);
  EXPECT_EQ(half.fromF64(limit), half.infinity());
  EXPECT_EQ(half.fromF64(-limit), half.infinity() | 0x8000);
  EXPECT_EQ(half.fromF64(std::numeric_limits<double>::max()), half.infinity());
  EXPECT_EQ(half.fromF32(std::numeric_limits<float>::max()), half.infinity());
  EXPECT_EQ(half.fromF64(-INFINITY), half.infinity() | 0x8000);
}

TEST_P(HalfTest, UnderflowsToSignedZero) {
  const Half &half = GetParam();
  double smallest = half.toF64(1);
  EXPECT_EQ(half.fromF64(smallest / 2), 0);
  EXPECT_EQ(half.fromF64(-smallest / 2), 0x8000);
  EXPECT_EQ(half.fromF64(std::nextafter(smallest / 2, 1.0)), 1);
  EXPECT_EQ(half.fromF64(std::numeric_limits<double>::denorm_min()), 0);
  EXPECT_EQ(half.fromF64(std::numeric_limits<double>::min()), 0);
  EXPECT_EQ(half.fromF32(-std::numeric_limits<float>::denorm_min()), 0x8000);
}

TEST_P(HalfTest, AgreesWithTheNearestNeighbourForStridedF32) {
  const Half &half = GetParam();
  // 7919 is prime to 2^32: all exponents, signs and low bits are met.
  for (uint64_t i = 0; i < (uint64_t(1) << 32); i += 7919) {
    float value = floatOf(static_cast<uint32_t>(i));
    if (std::isnan(value))
      continue;
    uint16_t bits = half.fromF32(value);
    ASSERT_EQ(bits, half.fromF64(value)) << i;
    if ((bits & 0x7fff) >= half.infinity() - 1)
      continue;
    double error = std::abs(half.toF64(bits) - value);
    ASSERT_LE(error, std::abs(half.toF64(bits + 1) - value)) << i;
    if (bits & 0x7fff) {
      ASSERT_LE(error, std::abs(half.toF64(bits - 1) - value)) << i;
    }
  }
}

TEST_P(HalfTest, KeepsNaN) {
  const Half &half = GetParam();
  // A payload in the low bits only would be lost without the quiet bit.
  for (uint32_t bits : {0x7f800001u, 0xff800001u, 0x7fc00000u, 0xffffffffu}) {
    uint16_t narrow = half.fromF32(floatOf(bits));
    EXPECT_TRUE(half.isNaN(narrow)) << bits;
    EXPECT_EQ(narrow >> 15, bits >> 31) << bits;
    EXPECT_TRUE(half.isNaN(half.fromF64(floatOf(bits)))) << bits;
  }
}

TEST(Half, KeepsThePayloadOfNaN) {
  EXPECT_EQ(f32ToBF16(floatOf(0x7fd50000)), 0x7fd5);
  EXPECT_EQ(bitsOf(bf16ToF32(0x7fd5)), 0x7fd50000u);
  EXPECT_EQ(f32ToF16(floatOf(0xffd56000)), 0xfeab);
  EXPECT_EQ(bitsOf(f16ToF32(0xfeab)), 0xffd56000u);
}

TEST(Half, RoundsOnceFromF64) {
  // By way of f32 the last bit would be lost, and the tie would go to 1.
  double value = 1.0 + 0x1p-11 + 0x1p-40;
  EXPECT_EQ(f64ToF16(value), 0x3c01);
  EXPECT_EQ(f32ToF16(static_cast<float>(value)), 0x3c00);
}
