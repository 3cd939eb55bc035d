//===- Fragments.h - What lanes hold of matrices ----------------*- C++ -*-===//

#ifndef GDN_TEST_UNIT_RUNTIMESIM_FRAGMENTS_H
#define GDN_TEST_UNIT_RUNTIMESIM_FRAGMENTS_H

#include <cstdint>
#include <vector>

/// A matrix of values that the float type of its operand can hold.
struct Values {
  int rows, columns;
  std::vector<float> elements;
  Values(int rows, int columns)
      : rows(rows), columns(columns), elements(rows * columns) {}
  float &at(int row, int column) { return elements[row * columns + column]; }
};

/// Random multiples of 1/8 from -4 to 4: sums of few products are exact.
void fill(Values &values, uint32_t seed);

uint32_t bitsOf(float value);
float floatOf(uint32_t bits);
/// The bits of a value that the type (a GdnSimFloat of 16 bits) holds exactly.
uint16_t halfOf(uint32_t type, float value);

/// a b + c by plain loops in f64.
Values multiply(Values a, Values b, Values c);

#endif // GDN_TEST_UNIT_RUNTIMESIM_FRAGMENTS_H
