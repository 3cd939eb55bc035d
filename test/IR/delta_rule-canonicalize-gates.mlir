// RUN: gdn-opt %s --canonicalize | FileCheck %s

#heads = affine_map<(b, t, h, k) -> (b, t, h)>
#all = affine_map<(b, t, h, k) -> (b, t, h, k)>
!t = tensor<2x8x3x4xf32>
!h = tensor<2x8x3xf32>
!s = tensor<2x3x4x4xf32>

// A channel gate that repeats a head gate is that head gate.
// CHECK-LABEL: func @broadcast
// CHECK-SAME: %[[X:.*]]: tensor<2x8x3x4xf32>, %[[G:.*]]: tensor<2x8x3xf32>, %[[W:.*]]: tensor<2x8x3xf32>)
// CHECK-NOT: linalg
// CHECK: gdn.delta_rule %[[X]], %[[X]], %[[X]] decay(%[[G]]) erase(%[[G]]) write(%[[W]]) :
func.func @broadcast(%x: !t, %g: !h, %w: !h) -> (!t, !s) {
  %empty = tensor.empty() : !t
  %gk = linalg.broadcast ins(%g : !h) outs(%empty : !t) dimensions = [3]
  %wv = linalg.generic {indexing_maps = [#heads, #all], iterator_types =
        ["parallel", "parallel", "parallel", "parallel"]} ins(%w : !h) outs(%empty : !t) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> !t
  %o, %s = gdn.delta_rule %x, %x, %x decay(%gk) erase(%gk) write(%wv)
      : (!t, !t, !t, !t, !t, !t) -> (!t, !s)
  return %o, %s : !t, !s
}

// CHECK-LABEL: func @constant
// CHECK: %[[G:.*]] = arith.constant dense<-5.000000e-01> : tensor<2x8x3xf32>
// CHECK-NOT: tensor<2x8x3x4xf32>
// CHECK: gdn.delta_rule {{.*}} decay(%[[G]]) :
func.func @constant(%x: !t) -> (!t, !s) {
  %g = arith.constant dense<-0.5> : !t
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) : (!t, !t, !t, !t) -> (!t, !s)
  return %o, %s : !t, !s
}

// A broadcast over batch entries says nothing about channels.
// CHECK-LABEL: func @broadcast_of_batches
// CHECK: %[[G:.*]] = linalg.broadcast
// CHECK: gdn.delta_rule {{.*}} decay(%[[G]])
func.func @broadcast_of_batches(%x: !t, %g: tensor<8x3x4xf32>) -> (!t, !s) {
  %empty = tensor.empty() : !t
  %gb = linalg.broadcast ins(%g : tensor<8x3x4xf32>) outs(%empty : !t) dimensions = [0]
  %o, %s = gdn.delta_rule %x, %x, %x decay(%gb) : (!t, !t, !t, !t) -> (!t, !s)
  return %o, %s : !t, !s
}

// An op that computes is no broadcast.
// CHECK-LABEL: func @computed
// CHECK: %[[G:.*]] = linalg.generic
// CHECK: gdn.delta_rule {{.*}} decay(%[[G]])
func.func @computed(%x: !t, %g: !h) -> (!t, !s) {
  %empty = tensor.empty() : !t
  %gk = linalg.generic {indexing_maps = [#heads, #all], iterator_types =
        ["parallel", "parallel", "parallel", "parallel"]} ins(%g : !h) outs(%empty : !t) {
  ^bb0(%in: f32, %out: f32):
    %negative = arith.negf %in : f32
    linalg.yield %negative : f32
  } -> !t
  %o, %s = gdn.delta_rule %x, %x, %x decay(%gk) : (!t, !t, !t, !t) -> (!t, !s)
  return %o, %s : !t, !s
}

// The narrowed gate keeps the static heads that C6 asks for.
// CHECK-LABEL: func @broadcast_of_unknown_heads
// CHECK-SAME: %{{.*}}: tensor<2x8x3x4xf32>, %[[G:.*]]: tensor<2x8x?xf32>)
// CHECK: %[[CAST:.*]] = tensor.cast %[[G]] : tensor<2x8x?xf32> to tensor<2x8x3xf32>
// CHECK: gdn.delta_rule {{.*}} decay(%[[CAST]])
func.func @broadcast_of_unknown_heads(%x: !t, %g: tensor<2x8x?xf32>) -> (!t, !s) {
  %empty = tensor.empty() : !t
  %gk = linalg.generic {indexing_maps = [#heads, #all], iterator_types =
        ["parallel", "parallel", "parallel", "parallel"]}
        ins(%g : tensor<2x8x?xf32>) outs(%empty : !t) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> !t
  %o, %s = gdn.delta_rule %x, %x, %x decay(%gk) : (!t, !t, !t, !t) -> (!t, !s)
  return %o, %s : !t, !s
}
