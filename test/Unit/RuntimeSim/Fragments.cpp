//===- Fragments.cpp - What lanes hold of matrices ------------------------===//

#include "Fragments.h"
#include "gdn-c/Sim.h"

#include <cmath>
#include <cstring>
#include <random>

void fill(Values &values, uint32_t seed) {
  std::minstd_rand random(seed + 1);
  for (float &value : values.elements)
    value = static_cast<float>(static_cast<int>(random() % 65) - 32) / 8;
}

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

uint16_t halfOf(uint32_t type, float value) {
  if (type == GDN_SIM_BF16)
    return static_cast<uint16_t>(bitsOf(value) >> 16);
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value))
    return 0x7e00;
  if (std::isinf(value))
    return sign | 0x7c00;
  if (value == 0)
    return sign;
  int exponent;
  float fraction = std::frexp(std::fabs(value), &exponent);
  // Below 2^-14 the mantissa has no leading one.
  if (exponent < -13)
    return sign | static_cast<uint16_t>(std::ldexp(std::fabs(value), 24));
  auto mantissa = static_cast<uint16_t>(std::ldexp(fraction, 11) - 1024);
  return sign | static_cast<uint16_t>((exponent + 14) << 10) | mantissa;
}

Values multiply(Values a, Values b, Values c) {
  for (int i = 0; i < a.rows; ++i)
    for (int j = 0; j < b.columns; ++j) {
      double sum = c.at(i, j);
      for (int k = 0; k < a.columns; ++k)
        sum += double(a.at(i, k)) * double(b.at(k, j));
      c.at(i, j) = static_cast<float>(sum);
    }
  return c;
}
