// RUN: gdn-opt %s --gdn-widen-results | FileCheck %s

// CHECK-LABEL: func @rounded(
// CHECK-SAME: %[[X:.*]]: tensor<2xf64>) -> (tensor<2xf64>, tensor<2xf64>)
// CHECK: return %[[X]], %[[X]]
func.func @rounded(%x: tensor<2xf64>) -> (tensor<2xf32>, tensor<2xbf16>) {
  %single = arith.truncf %x : tensor<2xf64> to tensor<2xf32>
  %half = arith.truncf %single : tensor<2xf32> to tensor<2xbf16>
  return %single, %half : tensor<2xf32>, tensor<2xbf16>
}

// What is no rounding of f64 stays, and so does a function that is called.
// CHECK-LABEL: func @computed
// CHECK-SAME: -> tensor<2xf32>
func.func @computed(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = arith.addf %x, %x : tensor<2xf32>
  %z = func.call @called(%y) : (tensor<2xf32>) -> tensor<2xf32>
  return %z : tensor<2xf32>
}

// CHECK-LABEL: func private @called
// CHECK-SAME: -> tensor<2xf32>
func.func private @called(%x: tensor<2xf32>) -> tensor<2xf32> {
  %wide = arith.extf %x : tensor<2xf32> to tensor<2xf64>
  %y = arith.truncf %wide : tensor<2xf64> to tensor<2xf32>
  return %y : tensor<2xf32>
}
