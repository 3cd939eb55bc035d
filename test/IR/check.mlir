// RUN: gdn-opt %s | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --canonicalize --cse | FileCheck %s
// RUN: gdn-opt %s --one-shot-bufferize="bufferize-function-boundaries" | FileCheck %s --check-prefix=BUFFERS

// Checks have no result, but stay; two equal ones are two checks.
// CHECK-LABEL: func.func @tensors
// CHECK: check.expect_close %{{.*}}, %{{.*}} {atol = {{.*}} : f32} : tensor<?x2xf32>
// CHECK: check.expect_close %{{.*}}, %{{.*}} : tensor<?x2xf32>
// CHECK: check.expect_equal %{{.*}}, %{{.*}} : tensor<i64>
// CHECK: check.expect_equal %{{.*}}, %{{.*}} : tensor<i64>
// BUFFERS-LABEL: func.func @tensors
// BUFFERS: check.expect_close %{{.*}}, %{{.*}} {atol = {{.*}} : f32} : memref<?x2xf32, strided<[?, ?], offset: ?>>
// BUFFERS: check.expect_equal %{{.*}}, %{{.*}} : memref<i64, strided<[], offset: ?>>
func.func @tensors(%a: tensor<?x2xf32>, %b: tensor<i64>) {
  check.expect_close %a, %a {atol = 1.0e-3 : f32} : tensor<?x2xf32>
  check.expect_close %a, %a : tensor<?x2xf32>
  check.expect_equal %b, %b : tensor<i64>
  check.expect_equal %b, %b : tensor<i64>
  return
}

// Buffers of different layouts are cast to one type.
// BUFFERS-LABEL: func.func @layouts
// BUFFERS: %[[GLOBAL:.*]] = memref.get_global
// BUFFERS: %[[PART:.*]] = memref.subview
// BUFFERS: %[[B:.*]] = memref.cast %[[GLOBAL]] : memref<2xf32> to memref<2xf32, strided<[?], offset: ?>>
// BUFFERS: check.expect_equal %[[PART]], %[[B]] : memref<2xf32, strided<[?], offset: ?>>
// BUFFERS-NOT: tensor<
func.func @layouts(%a: tensor<4x2xf32>) {
  %expected = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %part = tensor.extract_slice %a[1, 0] [1, 2] [1, 1] : tensor<4x2xf32> to tensor<2xf32>
  check.expect_equal %part, %expected : tensor<2xf32>
  return
}

// A write to a tensor after its check goes to another buffer.
// BUFFERS-LABEL: func.func @read_before_write
// BUFFERS: %[[COPY:.*]] = memref.alloc
// BUFFERS: memref.store %{{.*}}, %[[COPY]]
// BUFFERS: check.expect_equal
func.func @read_before_write(%a: tensor<2xf32>, %x: f32, %i: index) -> tensor<2xf32> {
  %b = tensor.insert %x into %a[%i] : tensor<2xf32>
  check.expect_equal %a, %a : tensor<2xf32>
  return %b : tensor<2xf32>
}

// CHECK-LABEL: func.func @buffers
// CHECK: check.expect_close %{{.*}}, %{{.*}} : memref<2xbf16>
func.func @buffers(%a: memref<2xbf16>) {
  check.expect_close %a, %a : memref<2xbf16>
  return
}
