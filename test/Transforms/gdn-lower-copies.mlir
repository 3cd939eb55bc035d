// RUN: gdn-opt %s --gdn-lower-copies | FileCheck %s

// CHECK-LABEL: func @copies
// CHECK: linalg.copy
// CHECK: memref.copy
// CHECK-NOT: copy
// CHECK: return
func.func @copies(%a: memref<4x8xf32, strided<[16, 1]>>, %b: memref<4x8xf32>, %c: memref<4x8xf32>) {
  memref.copy %a, %b : memref<4x8xf32, strided<[16, 1]>> to memref<4x8xf32>
  memref.copy %b, %c : memref<4x8xf32> to memref<4x8xf32>
  return
}
