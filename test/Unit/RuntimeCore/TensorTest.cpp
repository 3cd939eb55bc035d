//===- TensorTest.cpp - dense host tensors --------------------------------===//

#include "runtime/core/Tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace gdn::runtime;

extern "C" size_t gdnTestSizeOfTensor(void);
extern "C" size_t gdnTestSizeOfStatus(void);

/// Allocations that cannot be had return null, with sanitizers too.
extern "C" const char *__asan_default_options() {
  return "allocator_may_return_null=1";
}

static const DType allDTypes[] = {GDN_DTYPE_F64,  GDN_DTYPE_F32, GDN_DTYPE_F16,
                                  GDN_DTYPE_BF16, GDN_DTYPE_I64, GDN_DTYPE_I32,
                                  GDN_DTYPE_I16,  GDN_DTYPE_I8,  GDN_DTYPE_U8,
                                  GDN_DTYPE_BOOL};

static Tensor makeTensor(DType dtype, std::vector<int64_t> shape) {
  Result<Tensor> tensor = Tensor::create(dtype, std::move(shape));
  EXPECT_TRUE(tensor) << tensor.error().message();
  return std::move(*tensor);
}

/// `value` stored in a `dtype` and read back.
static double roundTrip(DType dtype, double value) {
  Tensor tensor = makeTensor(dtype, {1});
  tensor.setFromDouble(0, value);
  return tensor.at(0);
}

TEST(Tensor, IsZeroedAlignedAndSized) {
  for (DType dtype : allDTypes) {
    Tensor tensor = makeTensor(dtype, {3, 5, 7});
    EXPECT_EQ(tensor.getDType(), dtype);
    EXPECT_EQ(tensor.getRank(), 3);
    EXPECT_EQ(tensor.getNumElements(), 105);
    EXPECT_EQ(tensor.getNumBytes(), 105 * getDTypeSize(dtype));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.getData()) % Tensor::alignment,
              0u);
    for (int64_t i = 0; i < 105; ++i)
      ASSERT_EQ(tensor.at(i), 0.0) << getDTypeName(dtype);
  }
}

TEST(Tensor, ScalarsAndEmptyTensors) {
  EXPECT_EQ(makeTensor(GDN_DTYPE_F32, {}).getNumElements(), 1);
  Tensor empty = makeTensor(GDN_DTYPE_F32, {4, 0, 2});
  EXPECT_EQ(empty.getNumElements(), 0);
  EXPECT_NE(empty.getData(), nullptr);
}

TEST(Tensor, RefusesImpossibleShapes) {
  auto message = [](DType dtype, std::vector<int64_t> shape) {
    Result<Tensor> tensor = Tensor::create(dtype, std::move(shape));
    return tensor ? "" : tensor.error().message();
  };
  EXPECT_EQ(message(DType(0), {1}), "expects a known dtype, but got 0");
  EXPECT_EQ(message(GDN_DTYPE_F32, {2, -1}),
            "expects sizes not to be negative, but got [2x-1]");
  EXPECT_EQ(message(GDN_DTYPE_F32, std::vector<int64_t>(65, 1)),
            "expects a rank of at most 64, but got 65");
  EXPECT_EQ(message(GDN_DTYPE_F32, {int64_t(1) << 61}),
            "expects the bytes of [2305843009213693952] f32 to fit in 63 bits");
  // A zero does not excuse the other sizes: strides must fit too.
  EXPECT_EQ(message(GDN_DTYPE_U8, {0, int64_t(1) << 32, int64_t(1) << 32}),
            "expects the bytes of [0x4294967296x4294967296] u8 to fit in 63 "
            "bits");
  EXPECT_EQ(message(GDN_DTYPE_U8, {int64_t(1) << 62}),
            "cannot allocate 4611686018427387904 bytes for "
            "[4611686018427387904] u8");
  EXPECT_EQ(message(GDN_DTYPE_U8, {std::numeric_limits<int64_t>::max()}),
            "cannot allocate 9223372036854775807 bytes for "
            "[9223372036854775807] u8");
}

TEST(Tensor, ClonesAndMoves) {
  Tensor tensor = makeTensor(GDN_DTYPE_I32, {2});
  tensor.setFromDouble(1, 5.0);
  Result<Tensor> copy = tensor.clone();
  ASSERT_TRUE(copy);
  tensor.setFromDouble(1, 6.0);
  EXPECT_EQ(copy->at(1), 5.0);
  const std::byte *data = tensor.getData();
  Tensor moved = std::move(tensor);
  EXPECT_EQ(moved.getData(), data);
  EXPECT_EQ(moved.at(1), 6.0);
}

TEST(Tensor, StoresFloats) {
  for (DType dtype :
       {GDN_DTYPE_F64, GDN_DTYPE_F32, GDN_DTYPE_F16, GDN_DTYPE_BF16}) {
    EXPECT_TRUE(isFloat(dtype));
    EXPECT_EQ(roundTrip(dtype, -1.5), -1.5);
    EXPECT_EQ(roundTrip(dtype, -INFINITY), -INFINITY);
    EXPECT_TRUE(std::isnan(roundTrip(dtype, NAN)));
    EXPECT_TRUE(std::signbit(roundTrip(dtype, -0.0)));
  }
  EXPECT_EQ(roundTrip(GDN_DTYPE_F64, 0.1), 0.1);
  EXPECT_EQ(roundTrip(GDN_DTYPE_F32, 0.1), 0.1f);
  EXPECT_EQ(roundTrip(GDN_DTYPE_F16, 65520.0), INFINITY);
  EXPECT_EQ(roundTrip(GDN_DTYPE_BF16, 1.0 + 0x1p-8), 1.0);
}

TEST(Tensor, IntegersRoundAndSaturate) {
  struct Range {
    DType dtype;
    double min, max;
  };
  for (auto [dtype, min, max] :
       {Range{GDN_DTYPE_I32, -0x1p31, 0x1p31 - 1},
        Range{GDN_DTYPE_I16, -32768, 32767}, Range{GDN_DTYPE_I8, -128, 127},
        Range{GDN_DTYPE_U8, 0, 255}}) {
    EXPECT_FALSE(isFloat(dtype));
    EXPECT_EQ(roundTrip(dtype, max), max);
    EXPECT_EQ(roundTrip(dtype, min), min);
    EXPECT_EQ(roundTrip(dtype, max + 0.75), max);
    EXPECT_EQ(roundTrip(dtype, min - 0.75), min);
    EXPECT_EQ(roundTrip(dtype, INFINITY), max);
    EXPECT_EQ(roundTrip(dtype, -INFINITY), min);
    EXPECT_EQ(roundTrip(dtype, NAN), 0.0);
    EXPECT_EQ(roundTrip(dtype, 2.5), 2.0);
    EXPECT_EQ(roundTrip(dtype, 3.5), 4.0);
  }
  Tensor tensor = makeTensor(GDN_DTYPE_I64, {2});
  tensor.setFromDouble(0, 1e300);
  tensor.setFromDouble(1, -1e300);
  auto *values = reinterpret_cast<const int64_t *>(tensor.getData());
  EXPECT_EQ(values[0], std::numeric_limits<int64_t>::max());
  EXPECT_EQ(values[1], std::numeric_limits<int64_t>::min());
  EXPECT_EQ(roundTrip(GDN_DTYPE_I64, 0x1p53 - 1), 0x1p53 - 1);
}

TEST(Tensor, BoolsAreZeroOrNot) {
  EXPECT_EQ(roundTrip(GDN_DTYPE_BOOL, 0.25), 1.0);
  EXPECT_EQ(roundTrip(GDN_DTYPE_BOOL, -0.0), 0.0);
  EXPECT_EQ(roundTrip(GDN_DTYPE_BOOL, NAN), 1.0);
  Tensor tensor = makeTensor(GDN_DTYPE_BOOL, {1});
  tensor.getData()[0] = std::byte(7);
  EXPECT_EQ(tensor.at(0), 1.0);
}

TEST(Tensor, ReadsAndWritesRanges) {
  for (DType dtype : allDTypes) {
    Tensor tensor = makeTensor(dtype, {6});
    double values[] = {1.0, 0.0, 1.0}, read[4];
    tensor.writeDoubles(2, 3, values);
    tensor.readDoubles(1, 4, read);
    EXPECT_EQ(std::vector<double>(read, read + 4),
              (std::vector<double>{0.0, 1.0, 0.0, 1.0}))
        << getDTypeName(dtype);
  }
}

TEST(Tensor, DescribesItselfToC) {
  Tensor tensor = makeTensor(GDN_DTYPE_BF16, {2, 3});
  GdnTensor descriptor = tensor.getDescriptor();
  EXPECT_EQ(descriptor.data, tensor.getData());
  EXPECT_EQ(descriptor.dtype, GDN_DTYPE_BF16);
  ASSERT_EQ(descriptor.rank, 2);
  EXPECT_EQ(descriptor.sizes[1], 3);
  EXPECT_EQ(descriptor.strides, nullptr);
}

TEST(CHeader, LayoutIsTheSameInCAndCpp) {
  EXPECT_EQ(gdnTestSizeOfTensor(), sizeof(GdnTensor));
  EXPECT_EQ(gdnTestSizeOfStatus(), sizeof(GdnStatus));
  EXPECT_EQ(sizeof(GdnTensor), 32u);
  EXPECT_EQ(sizeof(GdnStatus), 256u);
}
