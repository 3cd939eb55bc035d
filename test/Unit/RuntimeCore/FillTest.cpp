//===- FillTest.cpp - reproducible tensor contents ------------------------===//

#include "runtime/core/Fill.h"
#include "runtime/core/Compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace gdn::runtime;

static Tensor makeFilled(DType dtype, std::vector<int64_t> shape,
                         std::string_view spec, uint64_t seed = 1,
                         std::string_view name = "x", unsigned threads = 0) {
  Result<Tensor> tensor = Tensor::create(dtype, std::move(shape));
  EXPECT_TRUE(tensor);
  Error error = fillTensor(*tensor, spec, seed, name, threads);
  EXPECT_FALSE(error) << error.message();
  return std::move(*tensor);
}

static std::vector<double> getValues(const Tensor &tensor) {
  std::vector<double> values(tensor.getNumElements());
  tensor.readDoubles(0, tensor.getNumElements(), values.data());
  return values;
}

static std::string getFillError(DType dtype, std::string_view spec) {
  Result<Tensor> tensor = Tensor::create(dtype, {2});
  EXPECT_TRUE(tensor);
  return fillTensor(*tensor, spec, 1, "erase").message();
}

/// The mean of (x - center)^power.
static double computeMoment(const std::vector<double> &values, double center,
                            int power) {
  double sum = 0.0;
  for (double value : values)
    sum += std::pow(value - center, power);
  return sum / static_cast<double>(values.size());
}

TEST(Fill, Constants) {
  using Values = std::vector<double>;
  auto fill = [](std::string_view spec) {
    return getValues(makeFilled(GDN_DTYPE_F32, {2}, spec));
  };
  EXPECT_EQ(fill("zeros"), Values({0.0, 0.0}));
  EXPECT_EQ(fill("ones"), Values({1.0, 1.0}));
  EXPECT_EQ(fill("constant(-2.5e-1)"), Values({-0.25, -0.25}));
  EXPECT_EQ(fill(" constant ( 3 ) "), Values({3.0, 3.0}));
  EXPECT_EQ(fill("constant(-inf)"), Values({-INFINITY, -INFINITY}));
  EXPECT_TRUE(std::isnan(fill("constant(nan)")[0]));
  EXPECT_EQ(fill("normal(4, 0)"), Values({4.0, 4.0}));
  EXPECT_EQ(fill("uniform(2,2)"), Values({2.0, 2.0}));
}

TEST(Fill, Arange) {
  std::vector<double> values =
      getValues(makeFilled(GDN_DTYPE_I32, {3, 100000}, "arange"));
  for (size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(values[i], static_cast<double>(i));
}

TEST(Fill, EmptyTensorsAndScalars) {
  EXPECT_EQ(makeFilled(GDN_DTYPE_F32, {0, 4}, "xavier").getNumElements(), 0);
  EXPECT_EQ(makeFilled(GDN_DTYPE_F32, {0, 0}, "xavier").getNumElements(), 0);
  EXPECT_NE(makeFilled(GDN_DTYPE_F64, {}, "xavier").at(0), 0.0);
}

TEST(Fill, NormalsHaveTheRightMoments) {
  std::vector<double> values =
      getValues(makeFilled(GDN_DTYPE_F64, {4000000}, "normal(3, 0.5)"));
  double n = static_cast<double>(values.size());
  // Five standard errors each.
  EXPECT_NEAR(computeMoment(values, 0.0, 1), 3.0, 5 * 0.5 / std::sqrt(n));
  EXPECT_NEAR(computeMoment(values, 3.0, 2) / 0.25, 1.0,
              5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(computeMoment(values, 3.0, 3) / 0.125, 0.0,
              5 * std::sqrt(15.0 / n));
  EXPECT_NEAR(computeMoment(values, 3.0, 4) / 0.0625, 3.0,
              5 * std::sqrt(96.0 / n));
}

TEST(Fill, NormalsFollowTheirDistribution) {
  std::vector<double> values =
      getValues(makeFilled(GDN_DTYPE_F64, {1000000}, "normal(1)", 11));
  std::sort(values.begin(), values.end());
  double n = static_cast<double>(values.size()), distance = 0.0;
  for (size_t i = 0; i < values.size(); ++i) {
    double cdf = 0.5 * std::erfc(-values[i] * std::sqrt(0.5));
    distance = std::max(distance, std::abs(cdf - (i + 0.5) / n));
  }
  // Kolmogorov and Smirnov: 1.95 / sqrt(n) is passed once in a thousand.
  EXPECT_LT(distance, 1.95 / std::sqrt(n));
  EXPECT_GT(values.back(), 4.4);
  EXPECT_LT(values.back(), 6.5);
}

TEST(Fill, NeighboursAreUncorrelated) {
  std::vector<double> values =
      getValues(makeFilled(GDN_DTYPE_F64, {1000000}, "normal(1)"));
  for (size_t lag : {1, 2, 3, 64, 128}) {
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i + lag < values.size(); ++i) {
      sum += values[i] * values[i + lag];
      squares += (values[i] * values[i] - 1) *
                 (values[i + lag] * values[i + lag] - 1) / 2;
    }
    EXPECT_LT(std::abs(sum), 5 * std::sqrt(1e6)) << lag;
    EXPECT_LT(std::abs(squares), 5 * std::sqrt(1e6)) << lag;
  }
}

TEST(Fill, UniformsStayInTheirRange) {
  std::vector<double> values =
      getValues(makeFilled(GDN_DTYPE_F64, {1000000}, "uniform(-2, 6)"));
  auto [min, max] = std::minmax_element(values.begin(), values.end());
  EXPECT_GE(*min, -2.0);
  EXPECT_LT(*min, -1.9999);
  EXPECT_LT(*max, 6.0);
  EXPECT_GT(*max, 5.9999);
  EXPECT_NEAR(computeMoment(values, 0.0, 1), 2.0, 0.012);
  EXPECT_NEAR(computeMoment(values, 2.0, 2), 64.0 / 12.0, 0.025);
}

TEST(Fill, XavierScalesByTheLastTwoSizes) {
  auto getStd = [](std::vector<int64_t> shape) {
    return std::sqrt(computeMoment(
        getValues(makeFilled(GDN_DTYPE_F64, shape, "xavier")), 0.0, 2));
  };
  EXPECT_NEAR(getStd({3, 100, 700}), 0.05, 0.001);
  EXPECT_NEAR(getStd({40000}), 0.005, 0.0001);
}

TEST(Fill, IsTheSameForAnyNumberOfThreads) {
  for (DType dtype : {GDN_DTYPE_F64, GDN_DTYPE_F32, GDN_DTYPE_BF16})
    for (std::string_view spec :
         {"normal(1)", "uniform(0, 1)", "xavier", "arange"})
      for (int64_t count : {1, 999, 300001, 1048576}) {
        uint64_t expected =
            checksum(makeFilled(dtype, {count}, spec, 5, "k", 1));
        for (unsigned threads : {0, 2, 3, 7, 16})
          ASSERT_EQ(checksum(makeFilled(dtype, {count}, spec, 5, "k", threads)),
                    expected)
              << spec << " " << count << " " << threads;
      }
}

TEST(Fill, AnElementDependsOnSeedNameAndIndexOnly) {
  std::vector<double> longer =
      getValues(makeFilled(GDN_DTYPE_F64, {100}, "normal(1)"));
  std::vector<double> shorter =
      getValues(makeFilled(GDN_DTYPE_F64, {3, 11}, "normal(1)"));
  longer.resize(33);
  EXPECT_EQ(shorter, longer);
  EXPECT_NE(getValues(makeFilled(GDN_DTYPE_F64, {33}, "normal(1)", 2)), longer);
  EXPECT_NE(getValues(makeFilled(GDN_DTYPE_F64, {33}, "normal(1)", 1, "y")),
            longer);
}

TEST(Fill, NumbersNeverChange) {
  EXPECT_EQ(checksum(makeFilled(GDN_DTYPE_F64, {1000}, "normal(1)", 42, "q")),
            0x8bfaccacd466a17du);
  EXPECT_EQ(
      checksum(makeFilled(GDN_DTYPE_F64, {1000}, "uniform(0,1)", 42, "q")),
      0x2a6d18428666e1b5u);
}

TEST(Fill, MalformedSpecsListTheLegalOnes) {
  for (std::string_view spec : {"",
                                " ",
                                "zero",
                                "Zeros",
                                "zeros()",
                                "ones(1)",
                                "constant",
                                "constant()",
                                "constant(1",
                                "constant(1)x",
                                "constant(1,2)",
                                "constant(one)",
                                "constant(1e999)",
                                "constant(0x1)",
                                "constant(1 2)",
                                "normal",
                                "normal()",
                                "normal(-1)",
                                "normal(inf)",
                                "normal(nan)",
                                "normal(0,-1)",
                                "normal(nan,1)",
                                "normal(1,2,3)",
                                "normal(,1)",
                                "normal(1,)",
                                "uniform(1)",
                                "uniform(2,1)",
                                "uniform(0,inf)",
                                "xavier(1)",
                                "arange)",
                                "(",
                                ")",
                                "()"})
    EXPECT_EQ(getFillError(GDN_DTYPE_F32, spec),
              "expects the fill of 'erase' to be zeros, ones, constant(X), "
              "normal(STD), normal(MEAN, STD) with STD >= 0, uniform(LO, HI) "
              "with LO <= HI, xavier or arange, but got '" +
                  std::string(spec) + "'");
}

TEST(Fill, IntegersHoldNoInfinity) {
  EXPECT_EQ(getFillError(GDN_DTYPE_I32, "constant(-inf)"),
            "expects the fill of 'erase' to be finite for i32, but got "
            "'constant(-inf)'");
  EXPECT_EQ(getFillError(GDN_DTYPE_I32, "constant(7)"), "");
}
