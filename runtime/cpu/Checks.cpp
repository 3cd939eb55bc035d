//===- Checks.cpp - Value tests at run time -------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Half.h"
#include "runtime/core/Tensor.h"
#include "runtime/cpu/CompiledCode.h"
#include "runtime/cpu/Invocation.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <sstream>

using namespace gdn::runtime;

namespace {
/// A buffer that a descriptor describes.
class View {
public:
  View(int64_t rank, const void *descriptor, int32_t dtype)
      : memref(static_cast<const GdnMemRef *>(descriptor)), rank(rank),
        dtype(static_cast<DType>(dtype)) {}

  std::vector<int64_t> getShape() const {
    return {memref->sizesAndStrides, memref->sizesAndStrides + rank};
  }

  /// The address of the element at `index`, one entry per dimension.
  const void *getAddress(const std::vector<int64_t> &index) const {
    int64_t position = memref->offset;
    for (int64_t dim = 0; dim < rank; ++dim)
      position += index[dim] * memref->sizesAndStrides[rank + dim];
    return static_cast<const std::byte *>(memref->aligned) +
           position * getDTypeSize(dtype);
  }

private:
  const GdnMemRef *memref;
  int64_t rank;
  DType dtype;
};

/// What differs, and where it does so most.
struct Mismatches {
  int64_t count = 0;
  int64_t numElements = 0;
  double worstDistance = -1.0;
  std::vector<int64_t> worstIndex;
  std::string worstActual;
  std::string worstExpected;
};
} // namespace

template <typename T> static T load(const void *address) {
  T value;
  std::memcpy(&value, address, sizeof(T));
  return value;
}

static double loadFloat(const void *address, DType dtype) {
  switch (dtype) {
  case GDN_DTYPE_F64:
    return load<double>(address);
  case GDN_DTYPE_F32:
    return load<float>(address);
  case GDN_DTYPE_F16:
    return f16ToF64(load<uint16_t>(address));
  case GDN_DTYPE_BF16:
    return bf16ToF64(load<uint16_t>(address));
  default:
    return std::nan("");
  }
}

static int64_t loadInteger(const void *address, DType dtype) {
  return dtype == GDN_DTYPE_I64 ? load<int64_t>(address)
                                : load<int32_t>(address);
}

static std::string formatElement(const void *address, DType dtype) {
  if (!isFloat(dtype))
    return std::to_string(loadInteger(address, dtype));
  char text[40];
  std::snprintf(text, sizeof(text), "%.9g", loadFloat(address, dtype));
  return text;
}

/// |a - b|; infinite where that is not a number.
static double getDistance(const void *a, const void *b, DType dtype) {
  double distance = isFloat(dtype)
                        ? std::abs(loadFloat(a, dtype) - loadFloat(b, dtype))
                        : std::abs(static_cast<double>(loadInteger(a, dtype)) -
                                   static_cast<double>(loadInteger(b, dtype)));
  return std::isnan(distance) ? INFINITY : distance;
}

/// Moves `index` to the next element in row-major order; false at the end.
static bool advance(std::vector<int64_t> &index,
                    const std::vector<int64_t> &shape) {
  for (size_t dim = shape.size(); dim-- > 0;) {
    if (++index[dim] < shape[dim])
      return true;
    index[dim] = 0;
  }
  return false;
}

/// Collects the elements of two buffers of `shape` that do not `agree`.
template <typename Agree>
static Mismatches collect(const View &actual, const View &expected,
                          const std::vector<int64_t> &shape, DType dtype,
                          Agree agree) {
  Mismatches found;
  for (int64_t size : shape)
    if (size == 0)
      return found;
  std::vector<int64_t> index(shape.size(), 0);
  do {
    ++found.numElements;
    const void *a = actual.getAddress(index);
    const void *b = expected.getAddress(index);
    if (agree(a, b))
      continue;
    ++found.count;
    double distance = getDistance(a, b, dtype);
    if (distance <= found.worstDistance)
      continue;
    found.worstDistance = distance;
    found.worstIndex = index;
    found.worstActual = formatElement(a, dtype);
    found.worstExpected = formatElement(b, dtype);
  } while (advance(index, shape));
  return found;
}

static std::string formatIndex(const std::vector<int64_t> &index) {
  std::ostringstream os;
  os << '[';
  for (size_t dim = 0; dim < index.size(); ++dim)
    os << (dim ? ", " : "") << index[dim];
  os << ']';
  return os.str();
}

/// The report of the current call; a check outside any call ends the process.
static CallReport &getReport(const char *location) {
  if (!getCurrentReport())
    gdn_runtime_fail(
        (std::string(location) + ": a check op runs inside a parallel loop")
            .c_str());
  return *getCurrentReport();
}

/// Does what both checks have in common; `name` is the op's.
template <typename Agree>
static void check(const char *name, const View &actual, const View &expected,
                  DType dtype, const char *location, Agree agree) {
  CallReport &report = getReport(location);
  ++report.numChecks;
  std::ostringstream os;
  os << location << ": " << name << " failed: ";
  std::vector<int64_t> shape = expected.getShape();
  if (actual.getShape() != shape) {
    os << "expects shape " << formatShape(shape) << ", but got "
       << formatShape(actual.getShape());
    report.failures.push_back(os.str());
    return;
  }
  Mismatches found = collect(actual, expected, shape, dtype, agree);
  if (found.count == 0)
    return;
  os << found.count << " of " << found.numElements
     << " elements; the worst, at " << formatIndex(found.worstIndex) << ", is "
     << found.worstActual << " instead of " << found.worstExpected;
  report.failures.push_back(os.str());
}

void gdn_check_expect_close(int64_t rankA, void *descA, int64_t rankB,
                            void *descB, int32_t dtypeCode, double atol,
                            double rtol, const char *location) {
  DType dtype = static_cast<DType>(dtypeCode);
  auto agree = [&](const void *a, const void *b) {
    double actual = loadFloat(a, dtype), expected = loadFloat(b, dtype);
    if (std::isinf(actual) || std::isinf(expected))
      return actual == expected;
    return std::abs(actual - expected) <= atol + rtol * std::abs(expected);
  };
  check("check.expect_close", View(rankA, descA, dtypeCode),
        View(rankB, descB, dtypeCode), dtype, location, agree);
}

void gdn_check_expect_equal(int64_t rankA, void *descA, int64_t rankB,
                            void *descB, int32_t dtypeCode,
                            const char *location) {
  DType dtype = static_cast<DType>(dtypeCode);
  auto agree = [&](const void *a, const void *b) {
    return std::memcmp(a, b, getDTypeSize(dtype)) == 0;
  };
  check("check.expect_equal", View(rankA, descA, dtypeCode),
        View(rankB, descB, dtypeCode), dtype, location, agree);
}
