// The state is loaded before the loop over tokens, lives in registers, and is stored behind it.
// RUN: gdn-opt %s --gdn-chunk --canonicalize --cse --gdn-tile --canonicalize --cse | FileCheck %s --implicit-check-not=linalg. --implicit-check-not=gdn.recurrent_step

// CHECK-LABEL: func @gdn2
// CHECK:       scf.forall (%[[N:.*]], %[[H:.*]], %[[PART:.*]]) in ({{.*}}, 8, 2)
// CHECK:         %[[V:.*]] = arith.muli %[[PART]], %c32
// CHECK:         %[[S0:.*]] = gdn.tile_load %arg6[%[[N]], %[[H]], %c0, %[[V]]]
// CHECK-SAME:      to <64x32xf32, #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>>
// CHECK:         scf.for %[[T:.*]] = %c0 to %{{.*}} step %c1 iter_args(%[[OUT:.*]] = %{{.*}}, %[[S:.*]] = %[[S0]])
// Grouped values: two value heads share a key head.
// CHECK-DAG:       %[[Q16:.*]] = gdn.tile_load %arg0[%[[N]], %[[T]], %[[KH:.*]], %c0] : tensor<?x?x4x64xbf16> to <64xbf16
// CHECK-DAG:       %[[Q:.*]] = gdn.tile_cast %[[Q16]]
// CHECK-DAG:       gdn.tile_load %arg2[%[[N]], %[[T]], %[[H]], %[[V]]]
// CHECK-DAG:       %[[G:.*]] = gdn.tile_load %arg3[%[[N]], %[[T]], %[[H]], %c0]
// CHECK-DAG:       %[[A:.*]] = math.exp %[[G]]
// CHECK:           %[[FACTORS:.*]] = gdn.tile_expand %[[A]] dim 1
// CHECK:           %[[DECAYED:.*]] = arith.mulf %[[FACTORS]], %[[S]]
// CHECK:           %[[READ:.*]] = gdn.tile_contract %{{.*}}, %[[DECAYED]]
// CHECK:           gdn.tile_contract %{{.*}}, %[[DECAYED]]
// CHECK:           %[[DOT:.*]] = gdn.tile_sum
// CHECK:           math.fma %{{.*}}, %{{.*}}, %[[READ]]
// CHECK:           %[[S1:.*]] = math.fma %{{.*}}, %{{.*}}, %[[DECAYED]]
// CHECK:           %[[OUT1:.*]] = gdn.tile_store %{{.*}}, %[[OUT]][%[[T]], %c0]
// CHECK:           scf.yield %[[OUT1]], %[[S1]]
// CHECK:         gdn.tile_store
// CHECK:       } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 4, warps = 1>
func.func @gdn2(%q: tensor<?x?x4x64xbf16>, %k: tensor<?x?x4x64xbf16>, %v: tensor<?x?x8x64xbf16>,
                %g: tensor<?x?x8x64xf32>, %b: tensor<?x?x4x64xbf16>, %w: tensor<?x?x8x64xbf16>,
                %s0: tensor<?x8x64x64xf32>) -> (tensor<?x?x8x64xbf16>, tensor<?x8x64x64xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0)
      {schedule = #gdn.schedule<recurrent, key_lanes = 4, warps = 1>}
      : (tensor<?x?x4x64xbf16>, tensor<?x?x4x64xbf16>, tensor<?x?x8x64xbf16>, tensor<?x?x8x64xf32>,
         tensor<?x?x4x64xbf16>, tensor<?x?x8x64xbf16>, tensor<?x8x64x64xf32>)
      -> (tensor<?x?x8x64xbf16>, tensor<?x8x64x64xf32>)
  return %o, %s : tensor<?x?x8x64xbf16>, tensor<?x8x64x64xf32>
}

// Head gates are scalars; l2norm sums a row; the state starts from zero and is not kept.
// CHECK-LABEL: func @gated_delta
// CHECK:       %[[ZERO:.*]] = gdn.tile_splat %{{.*}} : f32 to <64x32xf32
// CHECK:       scf.for %[[T:.*]] = {{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %[[ZERO]])
// CHECK-DAG:     gdn.tile_sum
// CHECK-DAG:     math.sqrt %{{.*}} : f32
// CHECK-DAG:     %[[G:.*]] = tensor.extract %arg1
// CHECK-DAG:     %[[A:.*]] = math.exp %[[G]] : f32
// CHECK:         gdn.tile_splat %[[A]]
func.func @gated_delta(%x: tensor<2x5x4x64xf32>, %g: tensor<2x5x4xf32>) -> tensor<2x5x4x64xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%g) write(%g)
      {qk_l2norm, schedule = #gdn.schedule<recurrent, key_lanes = 4, warps = 1>}
      : (tensor<2x5x4x64xf32>, tensor<2x5x4x64xf32>, tensor<2x5x4x64xf32>, tensor<2x5x4xf32>, tensor<2x5x4xf32>,
         tensor<2x5x4xf32>) -> (tensor<2x5x4x64xf32>, tensor<2x4x64x64xf32>)
  return %o : tensor<2x5x4x64xf32>
}

// Without a schedule nothing changes.
// CHECK-LABEL: func @other
// CHECK:       tensor.insert_slice
func.func @other(%x: tensor<1x4xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = tensor.insert_slice %x into %y[0, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// A copy of the initial state is no store of its own.
// CHECK-LABEL: func @stored_once
// CHECK-NOT:     gdn.tile_store {{.*}}tensor<64x8xf32>
// CHECK:         scf.for
// CHECK:         gdn.tile_store {{.*}}tensor<64x8xf32>
// CHECK-NOT:     gdn.tile_store
// CHECK:         scf.forall.in_parallel
func.func @stored_once(%x: tensor<1x8x2x64xf32>, %s0: tensor<1x2x64x64xf32>)
    -> (tensor<1x8x2x64xf32>, tensor<1x2x64x64xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0) {schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 1>}
      : (tensor<1x8x2x64xf32>, tensor<1x8x2x64xf32>, tensor<1x8x2x64xf32>, tensor<1x2x64x64xf32>)
      -> (tensor<1x8x2x64xf32>, tensor<1x2x64x64xf32>)
  return %o, %s : tensor<1x8x2x64xf32>, tensor<1x2x64x64xf32>
}
