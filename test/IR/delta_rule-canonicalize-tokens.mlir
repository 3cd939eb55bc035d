// RUN: gdn-opt %s --canonicalize | FileCheck %s

!one = tensor<2x1x3x4xf32>
!none = tensor<2x0x3x4xbf16>
!h = tensor<2x1x3xf32>
!s = tensor<2x3x4x4xf32>

// A first token finds nothing to decay or to erase.
// CHECK-LABEL: func @first_token
// CHECK-SAME: %[[X:.*]]: tensor<2x1x3x4xf32>, %[[G:.*]]: tensor<2x1x3xf32>)
// CHECK: gdn.delta_rule %[[X]], %[[X]], %[[X]] write(%[[G]]) :
func.func @first_token(%x: !one, %g: !h) -> (!one, !s) {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%g) write(%g)
      : (!one, !one, !one, !h, !h, !h) -> (!one, !s)
  return %o, %s : !one, !s
}

// CHECK-LABEL: func @next_token
// CHECK: gdn.delta_rule {{.*}} decay(%{{.*}}) erase(%{{.*}}) state(%{{.*}}) :
func.func @next_token(%x: !one, %g: !h, %s0: !s) -> (!one, !s) {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%g) state(%s0)
      : (!one, !one, !one, !h, !h, !s) -> (!one, !s)
  return %o, %s : !one, !s
}

// Two tokens in which the second meets the first.
// CHECK-LABEL: func @two_tokens
// CHECK: gdn.delta_rule {{.*}} decay(%{{.*}}) :
func.func @two_tokens(%x: tensor<2x2x3x4xf32>, %g: tensor<2x2x3xf32>) -> !s {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g)
      : (tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>, tensor<2x2x3xf32>)
      -> (tensor<2x2x3x4xf32>, !s)
  return %s : !s
}

// No tokens: an empty output, and the state as it was.
// CHECK-LABEL: func @no_tokens
// CHECK-SAME: %[[S0:[a-z0-9]+]]: tensor<2x3x4x4xf32>)
// CHECK-NOT: gdn.delta_rule
// CHECK: %[[O:.*]] = tensor.empty() : tensor<2x0x3x4xbf16>
// CHECK: return %[[O]], %[[S0]]
func.func @no_tokens(%x: !none, %s0: !s) -> (!none, !s) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0) : (!none, !none, !none, !s) -> (!none, !s)
  return %o, %s : !none, !s
}

// CHECK-LABEL: func @no_tokens_no_state
// CHECK-NOT: gdn.delta_rule
// CHECK-DAG: %[[S:.*]] = arith.constant dense<0.000000e+00> : tensor<2x3x4x4xf32>
// CHECK-DAG: %[[O:.*]] = tensor.empty() : tensor<2x0x3x4xbf16>
// CHECK: return %[[O]], %[[S]]
func.func @no_tokens_no_state(%x: !none) -> (!none, !s) {
  %o, %s = gdn.delta_rule %x, %x, %x : (!none, !none, !none) -> (!none, !s)
  return %o, %s : !none, !s
}

// That `cu_seqlens` is right is still checked when the program runs.
// CHECK-LABEL: func @no_tokens_but_segments
// CHECK: gdn.delta_rule
func.func @no_tokens_but_segments(%x: tensor<1x0x3x4xf32>, %cu: tensor<3xi32>)
    -> (tensor<1x0x3x4xf32>, !s) {
  %o, %s = gdn.delta_rule %x, %x, %x segments(%cu)
      : (tensor<1x0x3x4xf32>, tensor<1x0x3x4xf32>, tensor<1x0x3x4xf32>, tensor<3xi32>)
      -> (tensor<1x0x3x4xf32>, !s)
  return %o, %s : tensor<1x0x3x4xf32>, !s
}

// A batch of unknown size has an output of unknown size.
// CHECK-LABEL: func @no_tokens_of_many
// CHECK: gdn.delta_rule
func.func @no_tokens_of_many(%x: tensor<?x0x3x4xf32>)
    -> (tensor<?x0x3x4xf32>, tensor<?x3x4x4xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x
      : (tensor<?x0x3x4xf32>, tensor<?x0x3x4xf32>, tensor<?x0x3x4xf32>)
      -> (tensor<?x0x3x4xf32>, tensor<?x3x4x4xf32>)
  return %o, %s : tensor<?x0x3x4xf32>, tensor<?x3x4x4xf32>
}

// A rule whose results nobody uses is gone: it has no effect but its results.
// CHECK-LABEL: func @unused
// CHECK-NOT: gdn.delta_rule
func.func @unused(%x: !one) {
  %o, %s = gdn.delta_rule %x, %x, %x : (!one, !one, !one) -> (!one, !s)
  return
}
