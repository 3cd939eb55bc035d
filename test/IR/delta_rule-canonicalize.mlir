// RUN: gdn-opt %s --canonicalize | FileCheck %s

!t = tensor<2x8x1x4xf32>
!s = tensor<2x1x4x4xf32>

// Gates that are their neutral element, and a state of zeros, are dropped.
// CHECK-LABEL: func @neutral
// CHECK-SAME: %[[X:.*]]: tensor<2x8x1x4xf32>)
// CHECK-NOT: arith.constant
// CHECK: gdn.delta_rule %[[X]], %[[X]], %[[X]] :
func.func @neutral(%x: !t) -> (!t, !s) {
  %g = arith.constant dense<0.0> : tensor<2x8x1xf32>
  %b = arith.constant dense<0.0> : !t
  %w = arith.constant dense<1.0> : !t
  %s0 = arith.constant dense<0.0> : !s
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%b) write(%w) state(%s0)
      : (!t, !t, !t, tensor<2x8x1xf32>, !t, !t, !s) -> (!t, !s)
  return %o, %s : !t, !s
}

// One gate goes, the others keep their places.
// CHECK-LABEL: func @neutral_erase
// CHECK-SAME: %[[X:.*]]: tensor<2x8x1x4xf32>, %[[G:.*]]: tensor<2x8x1xf32>, %[[S0:.*]]: tensor<2x1x4x4xf32>)
// CHECK: gdn.delta_rule %[[X]], %[[X]], %[[X]] decay(%[[G]]) write(%[[G]]) state(%[[S0]]) {qk_l2norm} :
func.func @neutral_erase(%x: !t, %g: tensor<2x8x1xf32>, %s0: !s) -> (!t, !s) {
  %zero = arith.constant 0.0 : f32
  %b = tensor.splat %zero : !t
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%b) write(%g) state(%s0) {qk_l2norm}
      : (!t, !t, !t, tensor<2x8x1xf32>, !t, tensor<2x8x1xf32>, !s) -> (!t, !s)
  return %o, %s : !t, !s
}

// Values are seen through fills and broadcasts, and sizes too.
// CHECK-LABEL: func @neutral_behind_ops
// CHECK-SAME: %[[X:.*]]: tensor<2x?x1x4xf32>)
// CHECK: gdn.delta_rule %[[X]], %[[X]], %[[X]] :
func.func @neutral_behind_ops(%x: tensor<2x?x1x4xf32>) -> (tensor<2x?x1x4xf32>, !s) {
  %c1 = arith.constant 1 : index
  %t = tensor.dim %x, %c1 : tensor<2x?x1x4xf32>
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty(%t) : tensor<2x?x1xf32>
  %g = linalg.fill ins(%zero : f32) outs(%e : tensor<2x?x1xf32>) -> tensor<2x?x1xf32>
  %w3 = linalg.fill ins(%one : f32) outs(%e : tensor<2x?x1xf32>) -> tensor<2x?x1xf32>
  %e4 = tensor.empty(%t) : tensor<2x?x1x4xf32>
  %w = linalg.broadcast ins(%w3 : tensor<2x?x1xf32>) outs(%e4 : tensor<2x?x1x4xf32>)
      dimensions = [3]
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) write(%w)
      : (tensor<2x?x1x4xf32>, tensor<2x?x1x4xf32>, tensor<2x?x1x4xf32>,
         tensor<2x?x1xf32>, tensor<2x?x1x4xf32>) -> (tensor<2x?x1x4xf32>, !s)
  return %o, %s : tensor<2x?x1x4xf32>, !s
}

// What is neutral for one gate is not for another; a constant has many values.
// CHECK-LABEL: func @not_neutral
// CHECK: gdn.delta_rule {{.*}} decay(%{{.*}}) erase(%{{.*}}) write(%{{.*}}) state(%{{.*}}) :
func.func @not_neutral(%x: !t) -> (!t, !s) {
  %g = arith.constant dense<1.0> : tensor<2x8x1xf32>
  %b = arith.constant dense<1.0> : tensor<2x8x1xf32>
  %w = arith.constant dense<0.0> : tensor<2x8x1xf32>
  %s0 = arith.constant dense<[[[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0],
                                [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]],
                              [[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0],
                                [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]]]> : !s
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%b) write(%w) state(%s0)
      : (!t, !t, !t, tensor<2x8x1xf32>, tensor<2x8x1xf32>, tensor<2x8x1xf32>, !s) -> (!t, !s)
  return %o, %s : !t, !s
}

// Where the state alone knows N, it stays even if it is zero.
// CHECK-LABEL: func @zero_state_that_knows_n
// CHECK: gdn.delta_rule {{.*}} state(%{{.*}}) segments(%{{.*}}) :
func.func @zero_state_that_knows_n(%x: tensor<1x8x1x4xf32>, %cu: tensor<?xi32>)
    -> (tensor<1x8x1x4xf32>, !s) {
  %s0 = arith.constant dense<0.0> : !s
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0) segments(%cu)
      : (tensor<1x8x1x4xf32>, tensor<1x8x1x4xf32>, tensor<1x8x1x4xf32>, !s, tensor<?xi32>)
      -> (tensor<1x8x1x4xf32>, !s)
  return %o, %s : tensor<1x8x1x4xf32>, !s
}
