// What gdn.delta_rule means, on values that can be followed by hand.

// REQUIRES: jit
// RUN: gdn-run %s --target=reference
// RUN: gdn-run %s --target=cpu

// With orthonormal keys, no decay, erase = write = 1 and scale = 1, reading a key returns its last value.
func.func @last_write_wins() {
  %q = arith.constant dense<[[[[1.0, 0.0]], [[0.0, 1.0]], [[1.0, 0.0]], [[0.0, 1.0]]]]> : tensor<1x4x1x2xf32>
  %k = arith.constant dense<[[[[1.0, 0.0]], [[0.0, 1.0]], [[1.0, 0.0]], [[1.0, 0.0]]]]> : tensor<1x4x1x2xf32>
  %v = arith.constant dense<[[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]], [[7.0, 8.0]]]]> : tensor<1x4x1x2xf32>
  %one = arith.constant dense<1.0> : tensor<1x4x1xf32>
  %o, %s = gdn.delta_rule %q, %k, %v erase(%one) write(%one) {scale = 1.0 : f32}
      : (tensor<1x4x1x2xf32>, tensor<1x4x1x2xf32>, tensor<1x4x1x2xf32>, tensor<1x4x1xf32>, tensor<1x4x1xf32>)
      -> (tensor<1x4x1x2xf32>, tensor<1x1x2x2xf32>)
  %read = arith.constant dense<[[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]], [[3.0, 4.0]]]]> : tensor<1x4x1x2xf32>
  %kept = arith.constant dense<[[[[7.0, 8.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  check.expect_close %o, %read {atol = 1.0e-5 : f32} : tensor<1x4x1x2xf32>
  check.expect_close %s, %kept {atol = 1.0e-5 : f32} : tensor<1x1x2x2xf32>
  return
}

// One token of Gated DeltaNet-2: the state decays to [[0.5, 1], [3, 4]], b * k = [1, 0.5] reads [2, 3] of it, and
// w * v = [4, 2] is written: k [2, -1]^T is added.
func.func @one_token_of_every_gate() {
  %q = arith.constant dense<[[[[2.0, 1.0]]]]> : tensor<1x1x1x2xf32>
  %k = arith.constant dense<[[[[1.0, 1.0]]]]> : tensor<1x1x1x2xf32>
  %v = arith.constant dense<[[[[4.0, 8.0]]]]> : tensor<1x1x1x2xf32>
  %g = arith.constant dense<[[[[-0.69314718, 0.0]]]]> : tensor<1x1x1x2xf32>
  %b = arith.constant dense<[[[[1.0, 0.5]]]]> : tensor<1x1x1x2xf32>
  %w = arith.constant dense<[[[[1.0, 0.25]]]]> : tensor<1x1x1x2xf32>
  %s0 = arith.constant dense<[[[[1.0, 2.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0) {scale = 0.5 : f32}
      : (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>,
         tensor<1x1x1x2xf32>, tensor<1x1x2x2xf32>) -> (tensor<1x1x1x2xf32>, tensor<1x1x2x2xf32>)
  %output = arith.constant dense<[[[[5.0, 1.5]]]]> : tensor<1x1x1x2xf32>
  %state = arith.constant dense<[[[[2.5, 0.0], [5.0, 3.0]]]]> : tensor<1x1x2x2xf32>
  check.expect_close %o, %output {atol = 1.0e-5 : f32} : tensor<1x1x1x2xf32>
  check.expect_close %s, %state {atol = 1.0e-5 : f32} : tensor<1x1x2x2xf32>
  return
}

// A decay of -inf forgets a channel exactly, whatever it held, and leaves the other alone.
func.func @forget_one_channel() {
  %q = arith.constant dense<1.0> : tensor<1x1x1x2xbf16>
  %k = arith.constant dense<0.0> : tensor<1x1x1x2xbf16>
  %v = arith.constant dense<1.0> : tensor<1x1x1x2xbf16>
  %g = arith.constant dense<[[[[0xFF800000, 0.0]]]]> : tensor<1x1x1x2xf32>
  %s0 = arith.constant dense<[[[[1.0e38, -1.0e38], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) state(%s0) {scale = 1.0 : f32}
      : (tensor<1x1x1x2xbf16>, tensor<1x1x1x2xbf16>, tensor<1x1x1x2xbf16>, tensor<1x1x1x2xf32>,
         tensor<1x1x2x2xf32>) -> (tensor<1x1x1x2xbf16>, tensor<1x1x2x2xf32>)
  %output = arith.constant dense<[[[[3.0, 4.0]]]]> : tensor<1x1x1x2xbf16>
  %state = arith.constant dense<[[[[0.0, 0.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  check.expect_close %o, %output : tensor<1x1x1x2xbf16>
  check.expect_close %s, %state : tensor<1x1x2x2xf32>
  return
}

// Segments are sequences of their own; the middle one is empty and keeps its state.
func.func @segments_start_from_their_own_state() {
  %one = arith.constant dense<1.0> : tensor<1x3x1x1xf32>
  %v = arith.constant dense<[[[[1.0]], [[2.0]], [[4.0]]]]> : tensor<1x3x1x1xf32>
  %s0 = arith.constant dense<[[[[10.0]]], [[[20.0]]], [[[30.0]]]]> : tensor<3x1x1x1xf32>
  %starts = arith.constant dense<[0, 2, 2, 3]> : tensor<4xi32>
  %o, %s = gdn.delta_rule %one, %one, %v state(%s0) segments(%starts)
      : (tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>, tensor<3x1x1x1xf32>, tensor<4xi32>)
      -> (tensor<1x3x1x1xf32>, tensor<3x1x1x1xf32>)
  %output = arith.constant dense<[[[[11.0]], [[13.0]], [[34.0]]]]> : tensor<1x3x1x1xf32>
  %state = arith.constant dense<[[[[13.0]]], [[[20.0]]], [[[34.0]]]]> : tensor<3x1x1x1xf32>
  check.expect_equal %o, %output : tensor<1x3x1x1xf32>
  check.expect_equal %s, %state : tensor<3x1x1x1xf32>
  return
}
