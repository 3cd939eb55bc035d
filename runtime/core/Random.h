//===- Random.h - counter-based random numbers ------------------*- C++ -*-===//
//
// Number i of a stream is a function of the stream's key and i (SplitMix64).
// The arithmetic is +, -, *, / and sqrt only and must be compiled with
// -ffp-contract=off: each operation is then rounded as IEEE 754 says, and the
// numbers are the same for every compiler, machine and libm.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CORE_RANDOM_H
#define GDN_RUNTIME_CORE_RANDOM_H

#include "runtime/core/Hash.h"

#include <cmath>
#include <cstring>

namespace gdn::runtime {

/// Numbers i and i + 1 of a stream of normals, i even.
struct NormalPair {
  double even;
  double odd;
};

/// 64 random bits.
inline uint64_t randomBits(uint64_t key, uint64_t i) {
  return mixBits(key + (i + 1) * 0x9e3779b97f4a7c15);
}

/// Uniform in [0, 1), a multiple of 2^-53.
inline double randomUnit(uint64_t key, uint64_t i) {
  return static_cast<double>(randomBits(key, i) >> 11) * 0x1p-53;
}

/// The natural logarithm of a positive normal `x`, to about 1e-13.
inline double logOfNormal(double x) {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)), log m = 2 atanh((m-1)/(m+1)).
  constexpr uint64_t sqrtHalf = 0x3fe6a09e667f3bcd;
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  uint64_t offset = bits - sqrtHalf;
  double e = static_cast<double>(
      static_cast<int32_t>(static_cast<int64_t>(offset) >> 52));
  uint64_t mantissaBits = (offset & 0xfffffffffffff) + sqrtHalf;
  double m;
  std::memcpy(&m, &mantissaBits, sizeof(m));
  double s = (m - 1.0) / (m + 1.0);
  double z = s * s;
  double p = 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  p = p * z + 1.0;
  return e * 0.6931471805599453 + 2.0 * s * p;
}

/// Two independent standard normals (Box-Muller): a radius sqrt(-2 log u) at a
/// uniform angle. They are numbers i and i + 1 of the stream; i is even.
inline NormalPair randomNormals(uint64_t key, uint64_t i) {
  uint64_t first = randomBits(key, i);
  uint64_t second = randomBits(key, i + 1);
  double u = static_cast<double>((first >> 11) + 1) * 0x1p-53; // (0, 1]
  double radius = std::sqrt(-2.0 * logOfNormal(u));
  // An angle in [-pi/4, pi/4) by Taylor series, moved to the other three
  // quarters of the circle by two more bits.
  double t =
      (static_cast<double>(second >> 12) * 0x1p-52 - 0.5) * 1.5707963267948966;
  double z = t * t;
  double sine = -1.0 / 39916800.0;
  sine = sine * z + 1.0 / 362880.0;
  sine = sine * z - 1.0 / 5040.0;
  sine = sine * z + 1.0 / 120.0;
  sine = sine * z - 1.0 / 6.0;
  sine = t * (sine * z + 1.0);
  double cosine = 1.0 / 479001600.0;
  cosine = cosine * z - 1.0 / 3628800.0;
  cosine = cosine * z + 1.0 / 40320.0;
  cosine = cosine * z - 1.0 / 720.0;
  cosine = cosine * z + 1.0 / 24.0;
  cosine = cosine * z - 0.5;
  cosine = cosine * z + 1.0;
  bool swap = second & 1;
  radius = second & 2 ? -radius : radius;
  return {radius * (swap ? sine : cosine), radius * (swap ? cosine : sine)};
}

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_RANDOM_H
