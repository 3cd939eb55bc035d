//===- Half.h - conversions to and from 16-bit floats -----------*- C++ -*-===//
//
// f16 is IEEE 754 binary16 (5 exponent bits, 10 of mantissa); bf16 is the upper
// half of a binary32 (8 and 7). Both are carried as their bits in a uint16_t.
//
// Widening is exact. Narrowing rounds once, to the nearest value, ties to even:
// too large becomes infinity, too small a subnormal or a zero of the same sign.
// A NaN stays a NaN: its sign and the leading bits of its payload are kept and
// its quiet bit is set.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CORE_HALF_H
#define GDN_RUNTIME_CORE_HALF_H

#include <cstdint>

namespace gdn::runtime {

float f16ToF32(uint16_t bits);
float bf16ToF32(uint16_t bits);
double f16ToF64(uint16_t bits);
double bf16ToF64(uint16_t bits);

uint16_t f32ToF16(float value);
uint16_t f32ToBF16(float value);
uint16_t f64ToF16(double value);
uint16_t f64ToBF16(double value);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_HALF_H
