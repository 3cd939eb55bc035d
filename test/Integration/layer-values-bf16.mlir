// Values of the layer ops on bf16, computed by numpy in f64, on both targets. Arithmetic is f32 and rounds once: half a
// unit of bf16's last place is 2.0e-3.

// REQUIRES: jit
// RUN: gdn-run %s --target=reference
// RUN: gdn-run %s --target=cpu

!x = tensor<1x5x2xbf16>
!s = tensor<2x2x2xbf16>
!w = tensor<2x3xbf16>

// Two segments, each with its own state before it; the first is shorter than what its state keeps.
func.func @conv() {
  %x = arith.constant dense<[[[0.125, 2.75], [2.5, -1.0], [-0.625, -1.0], [1.125, -0.125], [1.5, -3.75]]]> : !x
  %w = arith.constant dense<[[3.125, -0.25, 1.375], [-0.25, -0.75, 0.875]]> : !w
  %b = arith.constant dense<[1.625, -0.375]> : tensor<2xf32>
  %s0 = arith.constant dense<[[[-0.25, 1.375], [-1.75, -3.0]], [[0.75, -1.375], [-3.875, -1.625]]]> : !s
  %cu = arith.constant dense<[0, 1, 5]> : tensor<3xi64>
  %y, %s = gdn.short_conv %x, %w bias(%b) state(%s0) segments(%cu) {silu}
      : (!x, !w, tensor<2xf32>, !s, tensor<3xi64>) -> (!x, !s)
  %y1 = arith.constant dense<[[[1.17772716, 3.86219911], [8.37306951, 0.180467302], [-7.58724245e-05, -0.0446793423],
                               [11.1404633, 0.322845279], [1.17772716, -0.116417304]]]> : tensor<1x5x2xf32>
  %s1 = arith.constant dense<[[[-1.75, -3.0], [0.125, 2.75]], [[1.125, -0.125], [1.5, -3.75]]]> : !s
  %wide = arith.extf %y : !x to tensor<1x5x2xf32>
  check.expect_close %wide, %y1 {rtol = 2.0e-3 : f32} : tensor<1x5x2xf32>
  check.expect_equal %s, %s1 : !s
  return
}

// One call over a sequence gives the bits of two that pass the state on.
func.func @conv_in_two_calls() {
  %x = arith.constant dense<[[[0.125, 2.75], [2.5, -1.0], [-0.625, -1.0], [1.125, -0.125], [1.5, -3.75]]]> : !x
  %w = arith.constant dense<[[3.125, -0.25, 1.375], [-0.25, -0.75, 0.875]]> : !w
  %y, %s = gdn.short_conv %x, %w : (!x, !w) -> (!x, tensor<1x2x2xbf16>)
  %x1 = tensor.extract_slice %x[0, 0, 0] [1, 1, 2] [1, 1, 1] : !x to tensor<1x1x2xbf16>
  %x2 = tensor.extract_slice %x[0, 1, 0] [1, 4, 2] [1, 1, 1] : !x to tensor<1x4x2xbf16>
  %y1, %s1 = gdn.short_conv %x1, %w : (tensor<1x1x2xbf16>, !w) -> (tensor<1x1x2xbf16>, tensor<1x2x2xbf16>)
  %y2, %s2 = gdn.short_conv %x2, %w state(%s1)
      : (tensor<1x4x2xbf16>, !w, tensor<1x2x2xbf16>) -> (tensor<1x4x2xbf16>, tensor<1x2x2xbf16>)
  %parts = tensor.concat dim(1) %y1, %y2 : (tensor<1x1x2xbf16>, tensor<1x4x2xbf16>) -> !x
  check.expect_equal %parts, %y : !x
  check.expect_equal %s2, %s : tensor<1x2x2xbf16>
  return
}

!g = tensor<1x2x2x2xf32>

// A value for each channel; results are f32.
func.func @decay() {
  %x = arith.constant dense<[[[[-0.875, -2.375], [-3.0, 0.125]], [[1.75, -0.5], [-1.5, 0.75]]]]> : tensor<1x2x2x2xbf16>
  %a = arith.constant dense<[0.34375, -0.15625]> : tensor<2xf32>
  %b = arith.constant dense<[[1.125, 2.125], [-0.375, -1.625]]> : tensor<2x2xf32>
  %g = gdn.decay_gate %x, %a bias(%b) : (tensor<1x2x2x2xbf16>, tensor<2xf32>, tensor<2x2xf32>) -> !g
  %bounded = gdn.decay_gate %x, %a bias(%b) {lower_bound = -1.5 : f32}
      : (tensor<1x2x2x2xbf16>, tensor<2xf32>, tensor<2x2xf32>) -> !g
  %g1 = arith.constant dense<[[[[-1.16476127, -0.812204764], [-0.0287786923, -0.172277906]],
                               [[-4.13179613, -2.54509787], [-0.122036444, -0.298040444]]]]> : !g
  %bounded1 = arith.constant dense<[[[[-1.16476127, -0.812204764], [-0.0287786923, -0.172277906]],
                                     [[-1.5, -1.5], [-0.122036444, -0.298040444]]]]> : !g
  check.expect_close %g, %g1 {rtol = 1.0e-6 : f32} : !g
  check.expect_close %bounded, %bounded1 {rtol = 1.0e-6 : f32} : !g
  return
}

// The gate is f32: its digits below bf16 count.
func.func @norm() {
  %x = arith.constant dense<[[[[0.75, 0.5, 2.25]], [[-2.625, -1.375, -1.625]]]]> : tensor<1x2x1x3xbf16>
  %z = arith.constant dense<[[[[-3.49900007, 0.250999987, 1.00100005]],
                              [[-1.49899995, 2.75099993, 1.62600005]]]]> : tensor<1x2x1x3xf32>
  %w = arith.constant dense<[1.25, 0.75, 1.875]> : tensor<3xf32>
  %y = gdn.gated_rms_norm %x, %z, %w : (tensor<1x2x1x3xbf16>, tensor<1x2x1x3xf32>, tensor<3xf32>) -> tensor<1x2x1x3xbf16>
  %y1 = arith.constant dense<[[[[-0.0687766803, 0.0378288663, 2.20669551]],
                               [[0.460227907, -1.36665783, -2.12166038]]]]> : tensor<1x2x1x3xf32>
  %wide = arith.extf %y : tensor<1x2x1x3xbf16> to tensor<1x2x1x3xf32>
  check.expect_close %wide, %y1 {rtol = 2.0e-3 : f32} : tensor<1x2x1x3xf32>
  return
}
