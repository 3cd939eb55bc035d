// RUN: gdn-opt %s | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --mlir-print-op-generic | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --emit-bytecode | gdn-opt | FileCheck %s

// CHECK-LABEL: func @conv_of_nothing_else(
// CHECK-SAME: %[[X:.*]]: tensor<?x?x64xbf16>, %[[W:.*]]: tensor<64x2xf32>)
func.func @conv_of_nothing_else(%x: tensor<?x?x64xbf16>, %w: tensor<64x2xf32>)
    -> (tensor<?x?x64xbf16>, tensor<?x1x64xbf16>) {
  // CHECK: %{{.*}}, %{{.*}} = gdn.short_conv %[[X]], %[[W]] : (tensor<?x?x64xbf16>, tensor<64x2xf32>)
  // CHECK-SAME: -> (tensor<?x?x64xbf16>, tensor<?x1x64xbf16>)
  %y, %s = gdn.short_conv %x, %w : (tensor<?x?x64xbf16>, tensor<64x2xf32>)
      -> (tensor<?x?x64xbf16>, tensor<?x1x64xbf16>)
  return %y, %s : tensor<?x?x64xbf16>, tensor<?x1x64xbf16>
}

// Two states, so N is 2, as in the rule; what `cu_seqlens` says is compared when the program runs.
// CHECK-LABEL: func @conv_of_everything(
// CHECK-SAME: %[[X:.*]]: tensor<1x?x64xf16>, %[[W:.*]]: tensor<64x16xf16>, %[[B:.*]]: tensor<64xf32>,
// CHECK-SAME: %[[S:.*]]: tensor<2x15x64xf16>, %[[CU:.*]]: tensor<?xi64>)
func.func @conv_of_everything(%x: tensor<1x?x64xf16>, %w: tensor<64x16xf16>, %b: tensor<64xf32>,
    %s0: tensor<2x15x64xf16>, %cu: tensor<?xi64>) -> (tensor<1x?x64xf16>, tensor<2x15x64xf16>) {
  // CHECK: gdn.short_conv %[[X]], %[[W]] bias(%[[B]]) state(%[[S]]) segments(%[[CU]]) {silu}
  // CHECK-SAME: tensor<2x15x64xf16>, tensor<?xi64>) -> (tensor<1x?x64xf16>, tensor<2x15x64xf16>)
  %y, %s = gdn.short_conv %x, %w bias(%b) state(%s0) segments(%cu) {silu}
      : (tensor<1x?x64xf16>, tensor<64x16xf16>, tensor<64xf32>, tensor<2x15x64xf16>, tensor<?xi64>)
      -> (tensor<1x?x64xf16>, tensor<2x15x64xf16>)
  return %y, %s : tensor<1x?x64xf16>, tensor<2x15x64xf16>
}

// CHECK-LABEL: func @conv_with_segments(
func.func @conv_with_segments(%x: tensor<1x9x8xf32>, %w: tensor<8x4xf32>, %cu: tensor<4xi32>)
    -> (tensor<1x9x8xf32>, tensor<3x3x8xf32>) {
  // CHECK: gdn.short_conv %{{.*}}, %{{.*}} segments(%{{.*}}) : (tensor<1x9x8xf32>
  %y, %s = gdn.short_conv %x, %w segments(%cu)
      : (tensor<1x9x8xf32>, tensor<8x4xf32>, tensor<4xi32>) -> (tensor<1x9x8xf32>, tensor<3x3x8xf32>)
  return %y, %s : tensor<1x9x8xf32>, tensor<3x3x8xf32>
}

// CHECK-LABEL: func @decay_of_heads(
func.func @decay_of_heads(%x: tensor<?x?x4xbf16>, %a: tensor<4xf32>) -> tensor<?x?x4xf32> {
  // CHECK: gdn.decay_gate %{{.*}}, %{{.*}} : (tensor<?x?x4xbf16>, tensor<4xf32>) -> tensor<?x?x4xf32>
  %g = gdn.decay_gate %x, %a : (tensor<?x?x4xbf16>, tensor<4xf32>) -> tensor<?x?x4xf32>
  return %g : tensor<?x?x4xf32>
}

// CHECK-LABEL: func @decay_of_channels(
func.func @decay_of_channels(%x: tensor<2x?x4x64xf32>, %a: tensor<4xf32>, %b: tensor<4x64xf32>)
    -> tensor<2x?x4x64xf32> {
  // CHECK: gdn.decay_gate %{{.*}}, %{{.*}} bias(%{{.*}}) {lower_bound = -5.000000e+00 : f32}
  %g = gdn.decay_gate %x, %a bias(%b) {lower_bound = -5.0 : f32}
      : (tensor<2x?x4x64xf32>, tensor<4xf32>, tensor<4x64xf32>) -> tensor<2x?x4x64xf32>
  return %g : tensor<2x?x4x64xf32>
}

// CHECK-LABEL: func @norms(
func.func @norms(%x: tensor<2x?x4x64xf16>, %z: tensor<2x?x4x64xf32>, %w: tensor<64xf32>)
    -> tensor<2x?x4x64xf16> {
  // The default eps is not printed.
  // CHECK: %[[Y:.*]] = gdn.gated_rms_norm %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x?x4x64xf16>
  %y = gdn.gated_rms_norm %x, %z, %w {eps = 1.0e-5 : f32}
      : (tensor<2x?x4x64xf16>, tensor<2x?x4x64xf32>, tensor<64xf32>) -> tensor<2x?x4x64xf16>
  // CHECK: gdn.gated_rms_norm %[[Y]], %{{.*}}, %{{.*}} {eps = 0.000000e+00 : f32} : (tensor<2x?x4x64xf16>
  %again = gdn.gated_rms_norm %y, %z, %w {eps = 0.0 : f32}
      : (tensor<2x?x4x64xf16>, tensor<2x?x4x64xf32>, tensor<64xf32>) -> tensor<2x?x4x64xf16>
  return %again : tensor<2x?x4x64xf16>
}
