//===- Tensor.h - dense host tensors ----------------------------*- C++ -*-===//
//
// The tensors that tools read, fill, compare and write. Kernels see them
// through the descriptor of the C ABI.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CORE_TENSOR_H
#define GDN_RUNTIME_CORE_TENSOR_H

#include "gdn-c/Runtime.h"
#include "runtime/core/Error.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace gdn::runtime {

using DType = GdnDType;

/// The size of one element in bytes; 0 if `dtype` is not an enumerator.
int64_t getDTypeSize(DType dtype);

/// "f64", "f32", "f16", "bf16", "i64", "i32", "i16", "i8", "u8", "bool"; "none"
/// if `dtype` is not an enumerator.
const char *getDTypeName(DType dtype);

/// True for f64, f32, f16 and bf16.
bool isFloat(DType dtype);

/// `shape` as error sentences print it: "[2x64x4x64]", "[]" for a scalar.
std::string formatShape(const std::vector<int64_t> &shape);

/// The bytes of a dense tensor. Fails if `dtype` is unknown, the rank exceeds
/// Tensor::maxRank, a size is negative, or the bytes of a tensor whose zero
/// sizes were ones do not fit in an int64_t (so strides fit as well).
Result<int64_t> computeByteSize(DType dtype, const std::vector<int64_t> &shape);

/// A dense row-major tensor in host memory that it owns. Movable; a copy is
/// asked for by clone(). A moved-from tensor may only be assigned or destroyed.
class Tensor {
public:
  static constexpr size_t alignment = 64;
  static constexpr size_t maxRank = 64;

  /// A tensor of zeros, its data aligned to `alignment` bytes. Fails as
  /// computeByteSize does, and if the memory cannot be had.
  static Result<Tensor> create(DType dtype, std::vector<int64_t> shape);

  /// A tensor with the same bytes. Fails if the memory cannot be had.
  Result<Tensor> clone() const;

  DType getDType() const { return dtype; }
  const std::vector<int64_t> &getShape() const { return shape; }
  int64_t getRank() const { return static_cast<int64_t>(shape.size()); }
  /// The product of the shape; 1 for a scalar.
  int64_t getNumElements() const { return numElements; }
  int64_t getNumBytes() const { return numElements * getDTypeSize(dtype); }

  /// The elements in row-major order, getNumBytes() bytes. Never null.
  std::byte *getData() { return data; }
  const std::byte *getData() const { return data; }

  /// Element `i` of the row-major order, 0 <= i < getNumElements(). Exact, save
  /// for i64 beyond 2^53, which rounds to the nearest double.
  double at(int64_t i) const;

  /// Sets element `i` to `value`. Floats round to nearest, ties to even, once.
  /// Integers do too, then saturate; NaN becomes 0. A bool becomes value != 0,
  /// so that NaN is true.
  void setFromDouble(int64_t i, double value);

  /// Elements [begin, begin + count) as by at().
  void readDoubles(int64_t begin, int64_t count, double *out) const;

  /// Elements [begin, begin + count) as by setFromDouble(). Disjoint ranges may
  /// be written by several threads at once.
  void writeDoubles(int64_t begin, int64_t count, const double *values);

  /// A view for the C ABI (row-major, strides null), valid while this tensor
  /// lives and is not moved.
  GdnTensor getDescriptor();

private:
  struct Free {
    void operator()(void *memory) const { std::free(memory); }
  };
  using Storage = std::unique_ptr<void, Free>;

  Tensor(DType dtype, std::vector<int64_t> shape, int64_t numElements,
         Storage storage);

  DType dtype;
  std::vector<int64_t> shape;
  int64_t numElements;
  /// What was allocated; `data` is its first aligned byte.
  Storage storage;
  std::byte *data;
};

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_TENSOR_H
