// RUN: gdn-opt %s --gdn-decompose | FileCheck %s

// One token and one channel: maps of single elements are constant.
// CHECK-LABEL: func @one_by_one
// CHECK-NOT: gdn.
// CHECK: return
func.func @one_by_one(%x: tensor<1x1xf32>, %a: tensor<1xf32>)
    -> (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>) {
  %g = gdn.chunk_scan %a : tensor<1xf32>
  %s, %e, %t = gdn.chunk_scores %x, %x erase(%x) decay(%g)
      : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>)
      -> (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>)
  %r = gdn.chunk_solve %e, %t : tensor<1x1xf32>, tensor<1x1xf32>
  %o, %s1 = gdn.recurrent_step %x, %x, %r, %s decay(%a)
      : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>)
      -> (tensor<1x1xf32>, tensor<1x1xf32>)
  return %s, %o, %s1 : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}

// With one factor for all channels, each channel of the state reads that one.
// CHECK-LABEL: func @head_decay_of_step
// CHECK-SAME: %{{.*}}: tensor<1x8xf32>, %{{.*}}: tensor<1x4xf32>, %[[A:[a-z0-9]+]]: tensor<1xf32>, %[[S:[a-z0-9]+]]:
// CHECK: linalg.generic {indexing_maps = [#[[ONE:.*]], #[[ALL:.*]]], {{.*}} ins(%[[A]] : tensor<1xf32>) outs(%[[S]] :
// CHECK-NOT: arith.subf
// CHECK: return
func.func @head_decay_of_step(%k: tensor<1x8xf32>, %v: tensor<1x4xf32>, %a: tensor<1xf32>,
                              %s: tensor<8x4xf32>) -> (tensor<1x4xf32>, tensor<8x4xf32>) {
  %o, %s1 = gdn.recurrent_step %k, %k, %v, %s decay(%a)
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x4xf32>, tensor<8x4xf32>, tensor<1xf32>)
      -> (tensor<1x4xf32>, tensor<8x4xf32>)
  return %o, %s1 : tensor<1x4xf32>, tensor<8x4xf32>
}

// The rule waits for `gdn-chunk`, and ops of other dialects are not ours.
// CHECK-LABEL: func @others_stay
// CHECK: gdn.delta_rule
// CHECK: linalg.softmax
func.func @others_stay(%q: tensor<1x4x1x8xf32>, %x: tensor<4x8xf32>)
    -> (tensor<1x4x1x8xf32>, tensor<4x8xf32>) {
  %o, %s = gdn.delta_rule %q, %q, %q
      : (tensor<1x4x1x8xf32>, tensor<1x4x1x8xf32>, tensor<1x4x1x8xf32>)
      -> (tensor<1x4x1x8xf32>, tensor<1x1x8x8xf32>)
  %e = tensor.empty() : tensor<4x8xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>)
      -> tensor<4x8xf32>
  return %o, %y : tensor<1x4x1x8xf32>, tensor<4x8xf32>
}
