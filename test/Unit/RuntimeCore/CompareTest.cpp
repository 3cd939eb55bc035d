//===- CompareTest.cpp - how far two tensors are apart --------------------===//

#include "runtime/core/Compare.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace gdn::runtime;

static Tensor makeTensor(DType dtype, const std::vector<double> &values) {
  Result<Tensor> tensor =
      Tensor::create(dtype, {static_cast<int64_t>(values.size())});
  EXPECT_TRUE(tensor);
  tensor->writeDoubles(0, tensor->getNumElements(), values.data());
  return std::move(*tensor);
}

static Comparison compareValues(const std::vector<double> &actual,
                                const std::vector<double> &expected) {
  Result<Comparison> result = compare(makeTensor(GDN_DTYPE_F64, actual),
                                      makeTensor(GDN_DTYPE_F64, expected));
  EXPECT_TRUE(result);
  return *result;
}

TEST(Compare, EqualTensorsAgree) {
  Comparison result = compareValues({1.0, -2.0}, {1.0, -2.0});
  EXPECT_EQ(result.relativeError, 0.0);
  EXPECT_EQ(result.maxAbsError, 0.0);
  EXPECT_EQ(result.maxAbsErrorIndex, -1);
  EXPECT_TRUE(result.bitwiseEqual);
  EXPECT_TRUE(compareValues({}, {}).bitwiseEqual);
}

TEST(Compare, MeasuresErrors) {
  Comparison result = compareValues({3.0, 4.5, 0.5}, {3.0, 4.0, 0.0});
  EXPECT_DOUBLE_EQ(result.relativeError, std::sqrt(0.5) / 5.0);
  EXPECT_EQ(result.maxAbsError, 0.5);
  EXPECT_EQ(result.maxAbsErrorIndex, 1);
  EXPECT_EQ(result.numUnexpectedNonFinite, 0);
  EXPECT_FALSE(result.bitwiseEqual);
}

TEST(Compare, FindsTheWorstElementBeyondOneBlock) {
  std::vector<double> expected(5000, 1.0), actual = expected;
  actual[4321] = -1.0;
  EXPECT_EQ(compareValues(actual, expected).maxAbsErrorIndex, 4321);
}

TEST(Compare, UsesTheNormOfActualWhereExpectedIsZero) {
  EXPECT_DOUBLE_EQ(compareValues({3.0, 4.0}, {0.0, 0.0}).relativeError, 5.0);
}

TEST(Compare, TellsSignsOfZeroOnlyBitwise) {
  Comparison result = compareValues({-0.0}, {0.0});
  EXPECT_EQ(result.maxAbsErrorIndex, -1);
  EXPECT_FALSE(result.bitwiseEqual);
}

TEST(Compare, EqualInfinitiesAndNaNsAgree) {
  Comparison result = compareValues({INFINITY, -INFINITY, NAN, 1.0},
                                    {INFINITY, -INFINITY, NAN, 1.0});
  EXPECT_EQ(result.relativeError, 0.0);
  EXPECT_EQ(result.numUnexpectedNonFinite, 0);
  EXPECT_EQ(result.numMissingNonFinite, 0);
  EXPECT_TRUE(result.bitwiseEqual);
}

TEST(Compare, InfinitiesAgreeWithWhatRoundsToThem) {
  Tensor actual = makeTensor(GDN_DTYPE_F16, {INFINITY, -INFINITY, 1.0});
  Result<Comparison> result =
      compare(actual, makeTensor(GDN_DTYPE_F64, {65520.0, -1e9, 1.0}));
  EXPECT_EQ(result->relativeError, 0.0);
  EXPECT_EQ(result->numUnexpectedNonFinite, 0);
  result = compare(actual, makeTensor(GDN_DTYPE_F64, {65519.0, 1e9, 1.0}));
  EXPECT_EQ(result->numUnexpectedNonFinite, 2);
  EXPECT_EQ(result->relativeError, INFINITY);
}

TEST(Compare, OtherNonFiniteElementsDisagree) {
  Comparison result =
      compareValues({1.0, NAN, INFINITY, NAN, INFINITY, -INFINITY, 2.0, 3.0},
                    {1.0, 0.0, 0.0, INFINITY, NAN, INFINITY, NAN, INFINITY});
  EXPECT_EQ(result.numUnexpectedNonFinite, 5);
  EXPECT_EQ(result.numMissingNonFinite, 2);
  EXPECT_EQ(result.relativeError, INFINITY);
  EXPECT_EQ(result.maxAbsError, INFINITY);
  EXPECT_EQ(result.maxAbsErrorIndex, 1);
}

TEST(Compare, SquaresNeitherOverflowNorVanish) {
  if (sizeof(long double) == sizeof(double))
    GTEST_SKIP() << "long double is double";
  EXPECT_DOUBLE_EQ(compareValues({2e300}, {1e300}).relativeError, 1.0);
  EXPECT_DOUBLE_EQ(compareValues({2e-300}, {1e-300}).relativeError, 1.0);
}

TEST(Compare, DTypesMayDiffer) {
  Result<Comparison> result = compare(makeTensor(GDN_DTYPE_BF16, {1.0, 2.0}),
                                      makeTensor(GDN_DTYPE_F32, {1.0, 2.5}));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->maxAbsError, 0.5);
  result = compare(makeTensor(GDN_DTYPE_BF16, {1.0}),
                   makeTensor(GDN_DTYPE_F16, {1.0}));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->maxAbsErrorIndex, -1);
  EXPECT_FALSE(result->bitwiseEqual);
}

TEST(Compare, ShapesMayNotDiffer) {
  Result<Tensor> matrix = Tensor::create(GDN_DTYPE_F64, {2, 1});
  ASSERT_TRUE(matrix);
  Result<Comparison> result =
      compare(*matrix, makeTensor(GDN_DTYPE_F64, {0.0, 0.0}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(),
            "expects the shape to be [2], but got [2x1]");
}

TEST(Checksum, IsFNV1a) {
  EXPECT_EQ(checksum(makeTensor(GDN_DTYPE_U8, {})), 0xcbf29ce484222325u);
  EXPECT_EQ(checksum(makeTensor(GDN_DTYPE_U8, {'f', 'o', 'o', 'b', 'a', 'r'})),
            0x85944171f73967e8u);
  EXPECT_NE(checksum(makeTensor(GDN_DTYPE_F32, {1.0, 2.0})),
            checksum(makeTensor(GDN_DTYPE_F32, {2.0, 1.0})));
}
