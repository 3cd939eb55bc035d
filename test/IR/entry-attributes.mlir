// RUN: gdn-opt %s | FileCheck %s

// CHECK-LABEL: func @entry
// CHECK-SAME: {gdn.init = "normal", gdn.name = "x", gdn.token_dim = 1 : i64}
// CHECK-SAME: -> (tensor<1x?x4xf32> {gdn.name = "y", gdn.rtol = 1.000000e-03 : f64, gdn.token_dim = 1 : i64})
func.func @entry(%x: tensor<1x?x4xf32> {gdn.name = "x", gdn.init = "normal", gdn.token_dim = 1})
    -> (tensor<1x?x4xf32> {gdn.name = "y", gdn.rtol = 1.0e-3, gdn.token_dim = 1}) {
  return %x : tensor<1x?x4xf32>
}

// CHECK-LABEL: func private @declaration
// CHECK-SAME: {gdn.name = "x"}
func.func private @declaration(tensor<4xf32> {gdn.name = "x"})
