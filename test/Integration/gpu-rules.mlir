// Rules of each kind that a GPU's kernel has, small enough for the sanitizers of a real one: one token, several, segments
// with grouped values. Results are known in closed form.

// REQUIRES: jit
// RUN: gdn-run %s --target=sim | FileCheck %s
// CHECK: 4 passed, 0 failed

func.func @one_token() {
  %q = arith.constant dense<0.125> : tensor<2x1x2x64xbf16>
  %v = arith.constant dense<0.0> : tensor<2x1x2x128xbf16>
  %s0 = arith.constant dense<0.5> : tensor<2x2x64x128xf32>
  // Nothing is erased along zero gates, and nothing is written.
  %b = arith.constant dense<0.0> : tensor<2x1x2x64xbf16>
  %o, %s = gdn.delta_rule %q, %q, %v erase(%b) state(%s0)
      : (tensor<2x1x2x64xbf16>, tensor<2x1x2x64xbf16>, tensor<2x1x2x128xbf16>, tensor<2x1x2x64xbf16>,
         tensor<2x2x64x128xf32>) -> (tensor<2x1x2x128xbf16>, tensor<2x2x64x128xf32>)
  // 64 * 0.125 * 0.5 / sqrt(64)
  %expected = arith.constant dense<0.5> : tensor<2x1x2x128xbf16>
  check.expect_close %o, %expected {atol = 0.0 : f32, rtol = 1.0e-2 : f32} : tensor<2x1x2x128xbf16>
  check.expect_equal %s, %s0 : tensor<2x2x64x128xf32>
  return
}

func.func @several_tokens() {
  %q = arith.constant dense<0.125> : tensor<1x5x1x64xf32>
  %v = arith.constant dense<1.0> : tensor<1x5x1x64xf32>
  %s0 = arith.constant dense<0.0> : tensor<1x1x64x64xf32>
  // A key of norm 1 that erases wholly: each token writes its value again.
  %b = arith.constant dense<1.0> : tensor<1x5x1xf32>
  %o, %s = gdn.delta_rule %q, %q, %v erase(%b) state(%s0) {scale = 1.0 : f32}
      : (tensor<1x5x1x64xf32>, tensor<1x5x1x64xf32>, tensor<1x5x1x64xf32>, tensor<1x5x1xf32>,
         tensor<1x1x64x64xf32>) -> (tensor<1x5x1x64xf32>, tensor<1x1x64x64xf32>)
  check.expect_close %o, %v {atol = 0.0 : f32, rtol = 1.0e-6 : f32} : tensor<1x5x1x64xf32>
  %expected = arith.constant dense<0.125> : tensor<1x1x64x64xf32>
  check.expect_close %s, %expected {atol = 0.0 : f32, rtol = 1.0e-6 : f32} : tensor<1x1x64x64xf32>
  return
}

func.func @segments() {
  %q = arith.constant dense<0.125> : tensor<1x6x1x64xf32>
  %v = arith.constant dense<1.0> : tensor<1x6x2x64xf32>
  %starts = arith.constant dense<[0, 1, 1, 6]> : tensor<4xi32>
  %o, %s = gdn.delta_rule %q, %q, %v segments(%starts) {scale = 1.0 : f32}
      : (tensor<1x6x1x64xf32>, tensor<1x6x1x64xf32>, tensor<1x6x2x64xf32>, tensor<4xi32>)
      -> (tensor<1x6x2x64xf32>, tensor<3x2x64x64xf32>)
  // Each query reads what the tokens so far have written: 64 * 0.125 * 0.125 a token.
  %reads = arith.constant dense<[[[[1.0]], [[1.0]], [[2.0]], [[3.0]], [[4.0]], [[5.0]]]]> : tensor<1x6x1x1xf32>
  %none = tensor.empty() : tensor<1x6x2x64xf32>
  %all = linalg.generic {
      indexing_maps = [affine_map<(b, t, h, v) -> (b, t, 0, 0)>, affine_map<(b, t, h, v) -> (b, t, h, v)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%reads : tensor<1x6x1x1xf32>) outs(%none : tensor<1x6x2x64xf32>) {
    ^bb0(%read: f32, %old: f32):
      linalg.yield %read : f32
  } -> tensor<1x6x2x64xf32>
  check.expect_close %o, %all {atol = 0.0 : f32, rtol = 1.0e-6 : f32} : tensor<1x6x2x64xf32>
  // One token, none and five, each adding key times value.
  %counts = arith.constant dense<[[[[0.125]]], [[[0.0]]], [[[0.625]]]]> : tensor<3x1x1x1xf32>
  %empty = tensor.empty() : tensor<3x2x64x64xf32>
  %expected = linalg.generic {
      indexing_maps = [affine_map<(n, h, k, v) -> (n, 0, 0, 0)>, affine_map<(n, h, k, v) -> (n, h, k, v)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%counts : tensor<3x1x1x1xf32>) outs(%empty : tensor<3x2x64x64xf32>) {
    ^bb0(%count: f32, %old: f32):
      linalg.yield %count : f32
  } -> tensor<3x2x64x64xf32>
  check.expect_close %s, %expected {atol = 0.0 : f32, rtol = 1.0e-6 : f32} : tensor<3x2x64x64xf32>
  return
}

// An output that nobody reads takes no memory in the kernel.
func.func @unused_output() {
  %q = arith.constant dense<0.125> : tensor<1x3x1x64xf32>
  %v = arith.constant dense<1.0> : tensor<1x3x1x64xf32>
  %o, %s = gdn.delta_rule %q, %q, %v
      : (tensor<1x3x1x64xf32>, tensor<1x3x1x64xf32>, tensor<1x3x1x64xf32>)
      -> (tensor<1x3x1x64xf32>, tensor<1x1x64x64xf32>)
  %expected = arith.constant dense<0.375> : tensor<1x1x64x64xf32>
  check.expect_close %s, %expected {atol = 0.0 : f32, rtol = 1.0e-6 : f32} : tensor<1x1x64x64xf32>
  return
}
