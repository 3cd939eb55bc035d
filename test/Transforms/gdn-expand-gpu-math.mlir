// RUN: gdn-opt %s --gdn-expand-gpu-math | FileCheck %s

// CHECK-LABEL: func @exp
// CHECK-NOT:   math.exp %
// CHECK:       %[[X:.*]] = arith.maximumf %arg0, %{{.*}} : vector<4xf32>
// CHECK:       %[[HIGH:.*]] = arith.mulf %[[X]]
// CHECK:       %[[POWER:.*]] = math.exp2 %[[HIGH]] fastmath<afn>
// CHECK:       math.fma %[[POWER]], %{{.*}}, %[[POWER]]
func.func @exp(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.exp %x : vector<4xf32>
  return %0 : vector<4xf32>
}

// CHECK-LABEL: func @kept
// CHECK:       math.exp %arg0 : f64
// CHECK:       math.sqrt %arg1 : f32
func.func @kept(%x: f64, %y: f32) -> (f64, f32) {
  %0 = math.exp %x : f64
  %1 = math.sqrt %y : f32
  return %0, %1 : f64, f32
}
