// RUN: gdn-opt %s --gdn-expand-gpu-math | FileCheck %s

// CHECK-LABEL: func @exp
// CHECK-DAG:   arith.constant dense<0x7F800000> : vector<4xf32>
// CHECK-DAG:   arith.constant dense<88.7228317> : vector<4xf32>
// CHECK-NOT:   math.exp %
// CHECK:       %[[X:.*]] = arith.maximumf %arg0, %{{.*}} : vector<4xf32>
// CHECK:       %[[HIGH:.*]] = arith.mulf %[[X]]
// CHECK:       %[[POWER:.*]] = math.exp2 %[[HIGH]] fastmath<afn>
// CHECK:       %[[FINITE:.*]] = math.fma %[[POWER]], %{{.*}}, %[[POWER]]
// Beyond the largest number, 2^high is inf, and inf times the rest may be -inf.
// CHECK:       %[[BEYOND:.*]] = arith.cmpf ogt, %arg0, %[[MOST:.*]] : vector<4xf32>
// CHECK:       arith.select %[[BEYOND]], %{{.*}}, %[[FINITE]]
func.func @exp(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.exp %x : vector<4xf32>
  return %0 : vector<4xf32>
}

// CHECK-LABEL: func @kept
// CHECK:       math.exp %arg0 : f64
// CHECK:       math.sqrt %arg1 : f32
// CHECK:       math.exp %arg2 : tensor<4xf32>
func.func @kept(%x: f64, %y: f32, %z: tensor<4xf32>) -> (f64, f32, tensor<4xf32>) {
  %0 = math.exp %x : f64
  %1 = math.sqrt %y : f32
  %2 = math.exp %z : tensor<4xf32>
  return %0, %1, %2 : f64, f32, tensor<4xf32>
}
