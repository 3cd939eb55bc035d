//===- Tensor.cpp - dense host tensors ------------------------------------===//

#include "runtime/core/Tensor.h"

#include "runtime/core/Half.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace gdn::runtime;

namespace {

/// How one dtype is stored and how its elements become doubles and back.
template <typename T> struct FloatCodec {
  using Stored = T;
  static double load(T value) { return static_cast<double>(value); }
  static T store(double value) { return static_cast<T>(value); }
};

struct F16Codec {
  using Stored = uint16_t;
  static double load(uint16_t bits) { return f16ToF64(bits); }
  static uint16_t store(double value) { return f64ToF16(value); }
};

struct BF16Codec {
  using Stored = uint16_t;
  static double load(uint16_t bits) { return bf16ToF64(bits); }
  static uint16_t store(double value) { return f64ToBF16(value); }
};

template <typename T> struct IntegerCodec {
  using Stored = T;
  using Limits = std::numeric_limits<T>;
  static double load(T value) { return static_cast<double>(value); }
  static T store(double value) {
    if (std::isnan(value))
      return 0;
    // The first integer beyond the range, a power of two: exact in a double.
    constexpr double end = static_cast<double>(Limits::max() / 2 + 1) * 2.0;
    double rounded = std::nearbyint(value);
    if (rounded >= end)
      return Limits::max();
    if (rounded <= static_cast<double>(Limits::min()))
      return Limits::min();
    return static_cast<T>(rounded);
  }
};

struct BoolCodec {
  using Stored = uint8_t;
  static double load(uint8_t value) { return value != 0; }
  static uint8_t store(double value) { return value != 0; }
};

} // namespace

/// Calls `fn` with a codec for `dtype`, which must be an enumerator.
template <typename Fn> static void withCodec(DType dtype, Fn fn) {
  switch (dtype) {
  case GDN_DTYPE_F64:
    return fn(FloatCodec<double>());
  case GDN_DTYPE_F32:
    return fn(FloatCodec<float>());
  case GDN_DTYPE_F16:
    return fn(F16Codec());
  case GDN_DTYPE_BF16:
    return fn(BF16Codec());
  case GDN_DTYPE_I64:
    return fn(IntegerCodec<int64_t>());
  case GDN_DTYPE_I32:
    return fn(IntegerCodec<int32_t>());
  case GDN_DTYPE_I16:
    return fn(IntegerCodec<int16_t>());
  case GDN_DTYPE_I8:
    return fn(IntegerCodec<int8_t>());
  case GDN_DTYPE_U8:
    return fn(IntegerCodec<uint8_t>());
  case GDN_DTYPE_BOOL:
    return fn(BoolCodec());
  }
  assert(false && "unknown dtype");
}

int64_t gdn::runtime::getDTypeSize(DType dtype) {
  switch (dtype) {
  case GDN_DTYPE_F64:
  case GDN_DTYPE_I64:
    return 8;
  case GDN_DTYPE_F32:
  case GDN_DTYPE_I32:
    return 4;
  case GDN_DTYPE_F16:
  case GDN_DTYPE_BF16:
  case GDN_DTYPE_I16:
    return 2;
  case GDN_DTYPE_I8:
  case GDN_DTYPE_U8:
  case GDN_DTYPE_BOOL:
    return 1;
  }
  return 0;
}

const char *gdn::runtime::getDTypeName(DType dtype) {
  switch (dtype) {
  case GDN_DTYPE_F64:
    return "f64";
  case GDN_DTYPE_F32:
    return "f32";
  case GDN_DTYPE_F16:
    return "f16";
  case GDN_DTYPE_BF16:
    return "bf16";
  case GDN_DTYPE_I64:
    return "i64";
  case GDN_DTYPE_I32:
    return "i32";
  case GDN_DTYPE_I16:
    return "i16";
  case GDN_DTYPE_I8:
    return "i8";
  case GDN_DTYPE_U8:
    return "u8";
  case GDN_DTYPE_BOOL:
    return "bool";
  }
  return "none";
}

bool gdn::runtime::isFloat(DType dtype) {
  return dtype == GDN_DTYPE_F64 || dtype == GDN_DTYPE_F32 ||
         dtype == GDN_DTYPE_F16 || dtype == GDN_DTYPE_BF16;
}

std::string gdn::runtime::formatShape(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? "x" : "") + std::to_string(shape[i]);
  return text + "]";
}

Result<int64_t>
gdn::runtime::computeByteSize(DType dtype, const std::vector<int64_t> &shape) {
  int64_t bytes = getDTypeSize(dtype);
  if (bytes == 0)
    return makeError("expects a known dtype, but got ",
                     static_cast<int64_t>(dtype));
  if (shape.size() > Tensor::maxRank)
    return makeError("expects a rank of at most ", Tensor::maxRank,
                     ", but got ", shape.size());
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0)
      return makeError("expects sizes not to be negative, but got ",
                       formatShape(shape));
    empty |= size == 0;
    if (__builtin_mul_overflow(bytes, std::max<int64_t>(size, 1), &bytes))
      return makeError("expects the bytes of ", formatShape(shape), " ",
                       getDTypeName(dtype), " to fit in 63 bits");
  }
  return empty ? 0 : bytes;
}

Tensor::Tensor(DType dtype, std::vector<int64_t> shape, int64_t numElements,
               Storage storage)
    : dtype(dtype), shape(std::move(shape)), numElements(numElements),
      storage(std::move(storage)) {
  auto address = reinterpret_cast<uintptr_t>(this->storage.get());
  size_t padding = (alignment - address % alignment) % alignment;
  data = static_cast<std::byte *>(this->storage.get()) + padding;
}

Result<Tensor> Tensor::create(DType dtype, std::vector<int64_t> shape) {
  Result<int64_t> bytes = computeByteSize(dtype, shape);
  if (!bytes)
    return bytes.takeError();
  // calloc hands out large zeroed blocks without touching them, which an
  // aligned allocation and a memset would.
  void *memory = std::calloc(static_cast<size_t>(*bytes) + alignment, 1);
  if (!memory)
    return makeError("cannot allocate ", *bytes, " bytes for ",
                     formatShape(shape), " ", getDTypeName(dtype));
  int64_t numElements = *bytes / getDTypeSize(dtype);
  return Tensor(dtype, std::move(shape), numElements, Storage(memory));
}

Result<Tensor> Tensor::clone() const {
  Result<Tensor> copy = create(dtype, shape);
  if (copy)
    std::memcpy(copy->data, data, static_cast<size_t>(getNumBytes()));
  return copy;
}

double Tensor::at(int64_t i) const {
  double value;
  readDoubles(i, 1, &value);
  return value;
}

void Tensor::setFromDouble(int64_t i, double value) {
  writeDoubles(i, 1, &value);
}

void Tensor::readDoubles(int64_t begin, int64_t count, double *out) const {
  assert(begin >= 0 && count >= 0 && begin <= numElements - count &&
         "elements out of range");
  withCodec(dtype, [&](auto codec) {
    using Codec = decltype(codec);
    auto *from = reinterpret_cast<const typename Codec::Stored *>(data) + begin;
    std::transform(from, from + count, out, Codec::load);
  });
}

void Tensor::writeDoubles(int64_t begin, int64_t count, const double *values) {
  assert(begin >= 0 && count >= 0 && begin <= numElements - count &&
         "elements out of range");
  withCodec(dtype, [&](auto codec) {
    using Codec = decltype(codec);
    auto *to = reinterpret_cast<typename Codec::Stored *>(data) + begin;
    std::transform(values, values + count, to, Codec::store);
  });
}

GdnTensor Tensor::getDescriptor() {
  return {data, dtype, static_cast<int32_t>(getRank()), shape.data(), nullptr};
}
