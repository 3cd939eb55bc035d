// Values of the layer ops, computed by numpy in f64, on both targets.

// REQUIRES: jit
// RUN: gdn-run %s --target=reference
// RUN: gdn-run %s --target=cpu

!x = tensor<2x2x2xf32>
!none = tensor<2x0x2xf32>
!w = tensor<2x4xf32>
!s = tensor<2x3x2xf32>

func.func private @tokens() -> !x {
  %x = arith.constant dense<[[[1.5, -100.0], [-0.75, 100.0]], [[0.25, 30.0], [-2.0, -0.5]]]> : !x
  return %x : !x
}

func.func private @weight() -> !w {
  %w = arith.constant dense<[[0.5, -1.0, 0.25, 2.0], [1.0, 0.125, -0.5, 1.0]]> : !w
  return %w : !w
}

func.func private @state() -> !s {
  %s = arith.constant dense<[[[1.0, 2.0], [3.0, -4.0], [5.0, 6.0]],
                             [[-1.0, 0.5], [0.0, 80.0], [-0.5, -20.0]]]> : !s
  return %s : !s
}

// Fewer tokens than the state holds: its newest one stays in it.
func.func @conv_of_carried_state() {
  %x = call @tokens() : () -> !x
  %w = call @weight() : () -> !w
  %s0 = call @state() : () -> !s
  %b = arith.constant dense<[0.125, -3.0]> : tensor<2xf32>
  %y, %s = gdn.short_conv %x, %w bias(%b) state(%s0) {silu}
      : (!x, !w, tensor<2xf32>, !s) -> (!x, !s)
  %y1 = arith.constant dense<[[[1.62569205, -4.3e-44], [-0.0494412418, 143.75]],
                              [[0.0, 47.5], [-0.116417304, 59.0]]]> : !x
  %s1 = arith.constant dense<[[[5.0, 6.0], [1.5, -100.0], [-0.75, 100.0]],
                              [[-0.5, -20.0], [0.25, 30.0], [-2.0, -0.5]]]> : !s
  check.expect_close %y, %y1 {atol = 1.0e-38 : f32, rtol = 1.0e-6 : f32} : !x
  check.expect_equal %s, %s1 : !s
  return
}

func.func @conv_from_nothing() {
  %x = call @tokens() : () -> !x
  %w = call @weight() : () -> !w
  %y, %s = gdn.short_conv %x, %w : (!x, !w) -> (!x, !s)
  %y1 = arith.constant dense<[[[3.0, -100.0], [-1.125, 150.0]], [[0.5, 30.0], [-3.9375, -15.5]]]> : !x
  %s1 = arith.constant dense<[[[0.0, 0.0], [1.5, -100.0], [-0.75, 100.0]],
                              [[0.0, 0.0], [0.25, 30.0], [-2.0, -0.5]]]> : !s
  check.expect_close %y, %y1 {rtol = 1.0e-6 : f32} : !x
  check.expect_equal %s, %s1 : !s
  return
}

// No tokens: the state as it was, or zeros.
func.func @conv_of_no_tokens() {
  %x = tensor.empty() : !none
  %w = call @weight() : () -> !w
  %s0 = call @state() : () -> !s
  %zero = arith.constant dense<0.0> : !s
  %y, %kept = gdn.short_conv %x, %w state(%s0) : (!none, !w, !s) -> (!none, !s)
  %z, %none = gdn.short_conv %x, %w : (!none, !w) -> (!none, !s)
  check.expect_equal %kept, %s0 : !s
  check.expect_equal %none, %zero : !s
  return
}

// The same where it is known only after inlining.
func.func private @conv(%x: tensor<1x?x2xf32>, %w: !w) -> tensor<1x3x2xf32> {
  %y, %s = gdn.short_conv %x, %w : (tensor<1x?x2xf32>, !w) -> (tensor<1x?x2xf32>, tensor<1x3x2xf32>)
  return %s : tensor<1x3x2xf32>
}

func.func @conv_of_no_tokens_of_one() {
  %x = tensor.empty() : tensor<1x0x2xf32>
  %some = tensor.cast %x : tensor<1x0x2xf32> to tensor<1x?x2xf32>
  %w = call @weight() : () -> !w
  %zero = arith.constant dense<0.0> : tensor<1x3x2xf32>
  %s = call @conv(%some, %w) : (tensor<1x?x2xf32>, !w) -> tensor<1x3x2xf32>
  check.expect_equal %s, %zero : tensor<1x3x2xf32>
  return
}

func.func @conv_of_empty_segments() {
  %x = tensor.empty() : tensor<1x0x2xf32>
  %w = call @weight() : () -> !w
  %s0 = call @state() : () -> !s
  %cu = arith.constant dense<0> : tensor<3xi32>
  %y, %s = gdn.short_conv %x, %w state(%s0) segments(%cu)
      : (tensor<1x0x2xf32>, !w, !s, tensor<3xi32>) -> (tensor<1x0x2xf32>, !s)
  check.expect_equal %s, %s0 : !s
  return
}

// The state alone knows N.
func.func @conv_of_some_segments() {
  %x = arith.constant dense<2.0> : tensor<1x3x2xf32>
  %w = call @weight() : () -> !w
  %s0 = call @state() : () -> !s
  %cu = arith.constant dense<[0, 1, 3]> : tensor<3xi32>
  %starts = tensor.cast %cu : tensor<3xi32> to tensor<?xi32>
  %y, %s = gdn.short_conv %x, %w state(%s0) segments(%starts)
      : (tensor<1x3x2xf32>, !w, !s, tensor<?xi32>) -> (tensor<1x3x2xf32>, !s)
  %s1 = arith.constant dense<[[[3.0, -4.0], [5.0, 6.0], [2.0, 2.0]],
                              [[-0.5, -20.0], [2.0, 2.0], [2.0, 2.0]]]> : !s
  check.expect_equal %s, %s1 : !s
  return
}

!g = tensor<1x4x2xf32>

func.func @decay_of_steps() {
  %x = arith.constant dense<[[[-100.0, -30.0], [-1.0, 0.0], [1.0, 30.0], [100.0, 0.5]]]> : !g
  %a = arith.constant dense<[0.5, -2.0]> : tensor<2xf32>
  %b = arith.constant dense<[0.25, -1.0]> : tensor<2xf32>
  %g = gdn.decay_gate %x, %a bias(%b) : (!g, tensor<2xf32>, tensor<2xf32>) -> !g
  %bounded = gdn.decay_gate %x, %a {lower_bound = -5.0 : f32} : (!g, tensor<2xf32>) -> !g
  %g1 = arith.constant dense<[[[-7.9e-44, -4.65888615e-15], [-0.637842457, -0.0423953592],
                               [-2.47626242, -3.92472321], [-165.284307, -0.0641593429]]]> : !g
  %bounded1 = arith.constant dense<[[[-6.1e-44, -1.26641655e-14], [-0.516481208, -0.09380727],
                                     [-2.16520248, -4.0600585], [-5.0, -0.131826985]]]> : !g
  check.expect_close %g, %g1 {atol = 1.0e-38 : f32, rtol = 1.0e-5 : f32} : !g
  check.expect_close %bounded, %bounded1 {atol = 1.0e-38 : f32, rtol = 1.0e-5 : f32} : !g
  return
}

!r = tensor<1x3x1x4xf32>
func.func @norm_of_rows() {
  %x = arith.constant dense<[[[[1.0, -2.0, 3.0, 100.0]], [[1.0e-3, 0.0, -1.0e-3, 2.0e-3]], [[0.0, 0.0, 0.0, 0.0]]]]> : !r
  %z = arith.constant dense<[[[[-100.0, 100.0, 1.0, -1.0]], [[0.0, 30.0, -30.0, 0.5]], [[1.0, 2.0, 3.0, 4.0]]]]> : !r
  %w = arith.constant dense<[1.0, 0.5, -2.0, 0.25]> : tensor<4xf32>
  %y = gdn.gated_rms_norm %x, %z, %w {eps = 1.0e-6 : f32} : (!r, !r, tensor<4xf32>) -> !r
  %y1 = arith.constant dense<[[[[-7.4e-44, -1.99860147, -0.0876656849, -0.13437668]],
                               [[0.0, 0.0, -3.55096832e-12, 0.0984194638]], [[0.0, 0.0, 0.0, 0.0]]]]> : !r
  check.expect_close %y, %y1 {atol = 1.0e-38 : f32, rtol = 1.0e-5 : f32} : !r
  return
}

func.func @gates_and_norms_of_no_tokens() -> (tensor<1x0x2xf32>, tensor<1x0x1x4xf32>) {
  %x = tensor.empty() : tensor<1x0x2xf32>
  %r = tensor.empty() : tensor<1x0x1x4xf32>
  %a = arith.constant dense<0.5> : tensor<2xf32>
  %w = arith.constant dense<1.0> : tensor<4xf32>
  %g = gdn.decay_gate %x, %a : (tensor<1x0x2xf32>, tensor<2xf32>) -> tensor<1x0x2xf32>
  %y = gdn.gated_rms_norm %r, %r, %w
      : (tensor<1x0x1x4xf32>, tensor<1x0x1x4xf32>, tensor<4xf32>) -> tensor<1x0x1x4xf32>
  return %g, %y : tensor<1x0x2xf32>, tensor<1x0x1x4xf32>
}
