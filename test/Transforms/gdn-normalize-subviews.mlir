// RUN: gdn-opt %s --gdn-normalize-subviews | FileCheck %s
// RUN: gdn-opt %s --gdn-normalize-subviews --expand-strided-metadata | FileCheck %s --check-prefix=EXPANDED

// One row of every second is one row; what its type says of strides stays true.
// CHECK-LABEL: func @element
// CHECK: memref.subview %{{.*}}[0, 1] [1, 1] [1, 1]
// CHECK: memref.reinterpret_cast {{.*}} to memref<1xf32, strided<[64], offset: 1>>
// EXPANDED-LABEL: func @element
// EXPANDED-NOT: memref.subview
// EXPANDED: memref.load
func.func @element(%m: memref<8x32xf32>, %i: index) -> f32 {
  %s = memref.subview %m[0, 1] [1, 1] [2, 1] : memref<8x32xf32> to memref<1xf32, strided<[64], offset: 1>>
  %r = memref.load %s[%i] : memref<1xf32, strided<[64], offset: 1>>
  return %r : f32
}

// Steps between several elements stay.
// CHECK-LABEL: func @rows
// CHECK: memref.subview %{{.*}}[0, 0] [4, 32] [2, 1]
func.func @rows(%m: memref<8x32xf32>, %i: index) -> f32 {
  %s = memref.subview %m[0, 0] [4, 32] [2, 1] : memref<8x32xf32> to memref<4x32xf32, strided<[64, 1]>>
  %r = memref.load %s[%i, %i] : memref<4x32xf32, strided<[64, 1]>>
  return %r : f32
}
