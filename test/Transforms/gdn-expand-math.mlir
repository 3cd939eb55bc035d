// RUN: gdn-opt %s --gdn-expand-math --split-input-file | FileCheck %s
// RUN: gdn-opt %s --gdn-expand-math=polynomials=false --split-input-file | FileCheck %s --check-prefix=PLAIN

// CHECK-LABEL: func @exp
// CHECK-NOT: math.exp
// CHECK: math.fma %{{.*}} : vector<16xf32>
// PLAIN-LABEL: func @exp
// PLAIN: math.exp
func.func @exp(%x: vector<16xf32>) -> vector<16xf32> {
  %r = math.exp %x : vector<16xf32>
  return %r : vector<16xf32>
}

// -----

// Sine is left to the library, as is all that is f64.
// CHECK-LABEL: func @stay
// CHECK: math.sin
// CHECK: math.exp %{{.*}} : f64
func.func @stay(%x: f32, %y: f64) -> (f32, f64) {
  %r = math.sin %x : f32
  %s = math.exp %y : f64
  return %r, %s : f32, f64
}

// -----

// CHECK-LABEL: func @small_floats
// CHECK-NOT: bf16 to f32
// CHECK: arith.shli
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK: arith.ori
// CHECK-NOT: f64 to bf16
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK: %[[ODD:.*]] = arith.select %{{.*}} : f32
// CHECK-NEXT: arith.truncf %[[ODD]] : f32 to f16
// PLAIN-LABEL: func @small_floats
// PLAIN-NOT: f64 to f16
// PLAIN: return
func.func @small_floats(%x: bf16, %y: f64) -> (f32, bf16, f16) {
  %0 = arith.extf %x : bf16 to f32
  %1 = arith.truncf %y : f64 to bf16
  %2 = arith.truncf %y : f64 to f16
  return %0, %1, %2 : f32, bf16, f16
}
