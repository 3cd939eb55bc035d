// RUN: gdn-opt %s --gdn-widen-results --split-input-file | FileCheck %s

// A cast behind the rounding is made again, ranked or not.
// CHECK-LABEL: func @casts(
// CHECK-SAME: %[[X:.*]]: tensor<4xf64>) -> (tensor<?xf64>, tensor<*xf64>)
// CHECK-DAG: %[[R:.*]] = tensor.cast %[[X]] : tensor<4xf64> to tensor<?xf64>
// CHECK-DAG: %[[U:.*]] = tensor.cast %[[X]] : tensor<4xf64> to tensor<*xf64>
// CHECK: return %[[R]], %[[U]]
func.func @casts(%x: tensor<4xf64>) -> (tensor<?xf32>, tensor<*xf32>) {
  %single = arith.truncf %x : tensor<4xf64> to tensor<4xf32>
  %ranked = tensor.cast %single : tensor<4xf32> to tensor<?xf32>
  %unranked = tensor.cast %single : tensor<4xf32> to tensor<*xf32>
  return %ranked, %unranked : tensor<?xf32>, tensor<*xf32>
}

// Attributes of results stay where they are.
// CHECK-LABEL: func @attributes(
// CHECK-SAME: -> (tensor<4xf64> {gdn.name = "y"})
func.func @attributes(%x: tensor<4xf64>) -> (tensor<4xf32> {gdn.name = "y"}) {
  %single = arith.truncf %x : tensor<4xf64> to tensor<4xf32>
  return %single : tensor<4xf32>
}

// Scalars, declarations, functions of several blocks or without return stay.
// CHECK-LABEL: func @scalar(
// CHECK-SAME: -> f32
func.func @scalar(%x: f64) -> f32 {
  %single = arith.truncf %x : f64 to f32
  return %single : f32
}

// CHECK-LABEL: func private @declaration(tensor<4xf64>) -> tensor<4xf32>
func.func private @declaration(tensor<4xf64>) -> tensor<4xf32>

// CHECK-LABEL: func @blocks(
// CHECK-SAME: -> tensor<4xf32>
func.func @blocks(%x: tensor<4xf64>) -> tensor<4xf32> {
  %single = arith.truncf %x : tensor<4xf64> to tensor<4xf32>
  cf.br ^end
^end:
  return %single : tensor<4xf32>
}

// CHECK-LABEL: func @no_return(
// CHECK-SAME: -> tensor<4xf32>
func.func @no_return(%x: tensor<4xf64>) -> tensor<4xf32> {
  llvm.unreachable
}

// -----

// A recursive function refers to itself.
// CHECK-LABEL: func @recursive(
// CHECK-SAME: -> tensor<4xf32>
func.func @recursive(%x: tensor<4xf64>) -> tensor<4xf32> {
  %y = func.call @recursive(%x) : (tensor<4xf64>) -> tensor<4xf32>
  %single = arith.truncf %x : tensor<4xf64> to tensor<4xf32>
  return %single : tensor<4xf32>
}
