// RUN: gdn-opt %s --gdn-decompose --canonicalize --cse | FileCheck %s --implicit-check-not=gdn.

// CHECK-DAG: #[[TRANSPOSED:.*]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[CHANNEL:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[HEAD:.*]] = affine_map<(d0, d1, d2, d3) -> (d2)>
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>

// One batch entry needs no loop. The tokens stand behind those of the state,
// once, and each of the two columns of the weight reads its own slice of them.
// CHECK-LABEL: func @conv_of_one_sequence(
// CHECK-SAME: %[[X:.*]]: tensor<1x?x64xf32>, %[[W:.*]]: tensor<64x2xf32>, %[[S:.*]]: tensor<1x1x64xf32>)
func.func @conv_of_one_sequence(%x: tensor<1x?x64xf32>, %w: tensor<64x2xf32>, %s0: tensor<1x1x64xf32>)
    -> (tensor<1x?x64xf32>, tensor<1x1x64xf32>) {
  // CHECK-NOT: scf.for
  // CHECK: linalg.generic {indexing_maps = [#[[TRANSPOSED]], #[[ID]]]
  // CHECK-SAME: ins(%[[W]] : tensor<64x2xf32>) outs(%{{.*}} : tensor<2x64xf32>)
  // CHECK: %[[T:.*]] = tensor.dim %[[X]]
  // CHECK: %[[LENGTH:.*]] = arith.addi %[[T]], %{{.*}} : index
  // CHECK: tensor.empty(%[[LENGTH]]) : tensor<1x?x64xf32>
  // CHECK: %[[STATE:.*]] = tensor.extract_slice %[[S]]
  // CHECK: %[[HEAD_ROWS:.*]] = tensor.insert_slice %[[STATE]] into %{{.*}}[0, 0, 0] [1, 1, 64] [1, 1, 1]
  // CHECK: %[[NOW:.*]] = tensor.extract_slice %[[X]]
  // CHECK: %[[ROWS:.*]] = tensor.insert_slice %[[NOW]] into %[[HEAD_ROWS]][0, 1, 0] [1, %[[T]], 64] [1, 1, 1]
  // CHECK: %[[EARLIER:.*]] = tensor.extract_slice %[[ROWS]][0, 0, 0] [1, %[[T]], 64]
  // CHECK: %[[Y:.*]] = linalg.generic {indexing_maps = [#[[ID]], #[[CHANNEL]], #[[ID]], #[[CHANNEL]], #[[ID]]]
  // CHECK-SAME: ins(%[[EARLIER]], %{{.*}}, %[[NOW]], %{{.*}} : tensor<?x64xf32>, tensor<64xf32>
  // CHECK: %[[LAST:.*]] = tensor.extract_slice %[[ROWS]][0, %[[T]], 0] [1, 1, 64]
  // CHECK: tensor.insert_slice %[[Y]]
  // CHECK: tensor.insert_slice %[[LAST]]
  %y, %s = gdn.short_conv %x, %w state(%s0) : (tensor<1x?x64xf32>, tensor<64x2xf32>, tensor<1x1x64xf32>)
      -> (tensor<1x?x64xf32>, tensor<1x1x64xf32>)
  return %y, %s : tensor<1x?x64xf32>, tensor<1x1x64xf32>
}

// Everything that is known only when the program runs is checked first, and the
// arithmetic is in f32 with one rounding at its end.
// CHECK-LABEL: func @conv_of_segments(
func.func @conv_of_segments(%x: tensor<?x?x64xbf16>, %w: tensor<64x4xbf16>, %b: tensor<64xf32>,
    %s0: tensor<?x3x64xbf16>, %cu: tensor<?xi32>) -> (tensor<?x?x64xbf16>, tensor<?x3x64xbf16>) {
  // CHECK: cf.assert %{{.*}}, "expects 'cu_seqlens' to have at least 1 element"
  // CHECK: cf.assert %{{.*}}, "expects B to be 1 with 'cu_seqlens'"
  // CHECK: cf.assert %{{.*}}, "expects 'cu_seqlens' to start with 0"
  // CHECK: scf.for
  // CHECK: cf.assert %{{.*}}, "expects 'cu_seqlens' not to decrease"
  // CHECK: cf.assert %{{.*}}, "expects 'cu_seqlens' to end with T"
  // CHECK: cf.assert %{{.*}}, "expects 'initial_state' to have one entry for each sequence"
  // CHECK: linalg.generic
  // CHECK: arith.extf %{{.*}} : bf16 to f32
  // CHECK: } -> tensor<4x64xf32>
  // CHECK: scf.for {{.*}} -> (tensor<?x?x64xbf16>, tensor<?x3x64xbf16>) {
  // CHECK-NOT: cf.assert
  // CHECK: linalg.generic
  // CHECK-COUNT-4: arith.addf {{.*}} : f32
  // CHECK: math.exp %{{.*}} : f32
  // CHECK: arith.divf %{{.*}} : f32
  // CHECK: arith.truncf %{{.*}} : f32 to bf16
  // CHECK: } -> tensor<?x64xbf16>
  // CHECK: scf.yield
  %y, %s = gdn.short_conv %x, %w bias(%b) state(%s0) segments(%cu) {silu}
      : (tensor<?x?x64xbf16>, tensor<64x4xbf16>, tensor<64xf32>, tensor<?x3x64xbf16>, tensor<?xi32>)
      -> (tensor<?x?x64xbf16>, tensor<?x3x64xbf16>)
  return %y, %s : tensor<?x?x64xbf16>, tensor<?x3x64xbf16>
}

// Without a state the earlier tokens are zeros, written in their place.
// CHECK-LABEL: func @conv_from_nothing(
func.func @conv_from_nothing(%x: tensor<3x5x8xf16>, %w: tensor<8x2xf32>)
    -> (tensor<3x5x8xf16>, tensor<3x1x8xf16>) {
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f16
  // CHECK-DAG: %[[THREE:.*]] = arith.constant 3 : index
  // CHECK: scf.for %{{.*}} = %{{.*}} to %[[THREE]]
  // CHECK: tensor.empty() : tensor<1x6x8xf16>
  // CHECK: linalg.fill ins(%[[ZERO]] : f16)
  // CHECK: } -> tensor<5x8xf16>
  %y, %s = gdn.short_conv %x, %w : (tensor<3x5x8xf16>, tensor<8x2xf32>)
      -> (tensor<3x5x8xf16>, tensor<3x1x8xf16>)
  return %y, %s : tensor<3x5x8xf16>, tensor<3x1x8xf16>
}

// exp is taken of a_log / 2 once a head, and of nothing above 0 for each element.
// CHECK-LABEL: func @decay(
// CHECK-SAME: %[[X:.*]]: tensor<2x?x4x64xbf16>, %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4x64xf32>)
func.func @decay(%x: tensor<2x?x4x64xbf16>, %a: tensor<4xf32>, %b: tensor<4x64xf32>)
    -> tensor<2x?x4x64xf32> {
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK-DAG: %[[BOUND:.*]] = arith.constant -5.000000e+00 : f32
  // CHECK: %[[ROOTS:.*]] = linalg.generic {{.*}} ins(%[[A]] : tensor<4xf32>)
  // CHECK: math.exp
  // CHECK: arith.minimumf
  // CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[HEAD]], #{{.*}}, #{{.*}}]
  // CHECK-SAME: ins(%[[X]], %[[ROOTS]], %[[B]] :
  // CHECK: %[[STEP:.*]] = arith.addf
  // CHECK: %[[SIZE:.*]] = math.absf %[[STEP]]
  // CHECK: %[[BELOW:.*]] = arith.negf %[[SIZE]]
  // CHECK: %[[EXP:.*]] = math.exp %[[BELOW]]
  // CHECK-DAG: arith.maximumf %[[STEP]], %[[ZERO]]
  // CHECK-DAG: math.log1p %[[EXP]]
  // CHECK: arith.maximumf %{{.*}}, %[[BOUND]]
  %g = gdn.decay_gate %x, %a bias(%b) {lower_bound = -5.0 : f32}
      : (tensor<2x?x4x64xbf16>, tensor<4xf32>, tensor<4x64xf32>) -> tensor<2x?x4x64xf32>
  return %g : tensor<2x?x4x64xf32>
}

// The mean is in f32, whatever the input is; the norms replace it in place.
// CHECK-LABEL: func @norm(
// CHECK-SAME: %[[X:.*]]: tensor<?x?x4x64xf16>, %[[Z:.*]]: tensor<?x?x4x64xf32>, %[[W:.*]]: tensor<64xf32>)
func.func @norm(%x: tensor<?x?x4x64xf16>, %z: tensor<?x?x4x64xf32>, %w: tensor<64xf32>)
    -> tensor<?x?x4x64xf16> {
  // CHECK: cf.assert %{{.*}}, "expects 'gate' and 'input' to agree in B"
  // CHECK: cf.assert %{{.*}}, "expects 'gate' and 'input' to agree in T"
  // CHECK: %[[SUMS:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
  // CHECK-SAME: ins(%[[X]] : tensor<?x?x4x64xf16>) outs(%{{.*}} : tensor<?x?x4xf32>)
  // CHECK: %[[NORMS:.*]] = linalg.generic {{.*}} outs(%[[SUMS]] : tensor<?x?x4xf32>)
  // CHECK: math.sqrt
  // CHECK: linalg.generic {indexing_maps = [#{{.*}}, #{{.*}}, #[[ROW]], #{{.*}}, #{{.*}}]
  // CHECK-SAME: ins(%[[X]], %[[Z]], %[[NORMS]], %[[W]] :
  // CHECK: arith.truncf %{{.*}} : f32 to f16
  %y = gdn.gated_rms_norm %x, %z, %w
      : (tensor<?x?x4x64xf16>, tensor<?x?x4x64xf32>, tensor<64xf32>) -> tensor<?x?x4x64xf16>
  return %y : tensor<?x?x4x64xf16>
}
