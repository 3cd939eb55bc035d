// RUN: gdn-opt %s --gdn-flatten-kernel-buffers | FileCheck %s

// CHECK-LABEL: func @fill
// CHECK-DAG:     %[[BX:.*]], %{{.*}}, %[[SX:.*]]:2, %{{.*}}:2 = memref.extract_strided_metadata %arg0
// CHECK-DAG:     %[[BY:.*]], %[[OY:.*]], %[[SY:.*]], %[[TY:.*]] = memref.extract_strided_metadata %arg1
// CHECK:         gpu.launch
// The strides of a row-major buffer follow from its sizes.
// CHECK-DAG:       %[[X:.*]] = memref.reinterpret_cast %[[BX]] to offset: [0], sizes: [%[[SX]]#0, 64], strides: [64, 1]
// CHECK-DAG:       memref.reinterpret_cast %[[BY]] to offset: [%[[OY]]], sizes: [%[[SY]]], strides: [%[[TY]]]
// CHECK-DAG:       arith.constant 1.000000e+00 : f32
// CHECK:           memref.store
func.func @fill(%x: memref<?x64xf32>, %y: memref<?xf32, strided<[?], offset: ?>>) {
  %c1 = arith.constant 1 : index
  %one = arith.constant 1.0 : f32
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    memref.store %one, %x[%tx, %tx] : memref<?x64xf32>
    memref.store %one, %y[%tx] : memref<?xf32, strided<[?], offset: ?>>
    gpu.terminator
  }
  return
}
