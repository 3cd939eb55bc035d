// With several stages, a token's operands are loaded ahead of the arithmetic on them.
// RUN: gdn-opt %s --gdn-chunk --canonicalize --cse --gdn-tile --canonicalize --cse --gdn-pipeline-tokens --canonicalize --cse | FileCheck %s

// Five tokens, two ahead: the first two are loaded before the loop, and none behind the last one in it.
// CHECK-LABEL: func @known
// CHECK:         %[[S0:.*]] = gdn.tile_load %arg1
// CHECK:         %[[X0:.*]] = gdn.tile_load %arg0[%{{.*}}, %c0, %{{.*}}, %c0]
// CHECK:         %[[X1:.*]] = gdn.tile_load %arg0[%{{.*}}, %c1, %{{.*}}, %c0]
// CHECK:         scf.for %[[T:.*]] = %c0 to %c5 step %c1 iter_args(
// CHECK-SAME:      %[[NOW:[^ ,]*]] = %[[X0]], %[[NEXT:[^ ,]*]] = %[[X1]],
// CHECK-DAG:       %[[MORE:.*]] = arith.cmpi slt, %[[T]], %c3
// CHECK-DAG:       %[[AHEAD:.*]] = arith.addi %[[T]], %c2
// CHECK:           %[[LOADED:.*]] = scf.if %[[MORE]] -> (!gdn.tile<64xf32
// CHECK-NEXT:        gdn.tile_load %arg0[%{{.*}}, %[[AHEAD]], %{{.*}}, %c0]
// CHECK:           } else {
// CHECK-NEXT:        gdn.tile_splat
// CHECK:           arith.mulf %[[NOW]]
// CHECK:           scf.yield {{.*}}%[[NEXT]], %[[LOADED]],
func.func @known(%x: tensor<2x5x4x64xf32>, %s0: tensor<2x4x64x64xf32>)
    -> (tensor<2x5x4x64xf32>, tensor<2x4x64x64xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0)
      {schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 1, stages = 3>}
      : (tensor<2x5x4x64xf32>, tensor<2x5x4x64xf32>, tensor<2x5x4x64xf32>, tensor<2x4x64x64xf32>)
      -> (tensor<2x5x4x64xf32>, tensor<2x4x64x64xf32>)
  return %o, %s : tensor<2x5x4x64xf32>, tensor<2x4x64x64xf32>
}

// Segments end where memory says: no token is loaded without a look at it. Scalars are loaded ahead too.
// CHECK-LABEL: func @segments
// CHECK:         scf.forall
// CHECK:         %[[SOME:.*]] = arith.cmpi sgt, %[[TOKENS:.*]], %c0 : index
// CHECK-NEXT:    scf.if %[[SOME]] ->
// CHECK-NEXT:      gdn.tile_load
// CHECK:           tensor.extract %arg1
// CHECK:         scf.for %{{.*}} = %c0 to %[[TOKENS]]
// CHECK:           scf.if
// CHECK:             gdn.tile_load
// CHECK:             tensor.extract %arg1
func.func @segments(%x: tensor<1x?x4x64xf32>, %g: tensor<1x?x4xf32>, %seg: tensor<3xi32>) -> tensor<1x?x4x64xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) segments(%seg)
      {schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 1, stages = 2>}
      : (tensor<1x?x4x64xf32>, tensor<1x?x4x64xf32>, tensor<1x?x4x64xf32>, tensor<1x?x4xf32>, tensor<3xi32>)
      -> (tensor<1x?x4x64xf32>, tensor<2x4x64x64xf32>)
  return %o : tensor<1x?x4x64xf32>
}

// One token: rows before the state, where a CTA has several warps.
// CHECK-LABEL: func @decode
// CHECK:         scf.forall
// CHECK:         gdn.tile_load %arg0
// CHECK:         gdn.tile_load %arg1
// CHECK-NOT:     gdn.tile_load
// CHECK:         scf.forall.in_parallel
func.func @decode(%x: tensor<2x1x4x64xf32>, %s0: tensor<2x4x64x64xf32>)
    -> (tensor<2x1x4x64xf32>, tensor<2x4x64x64xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0)
      {schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 2, idle_shared = 4096>}
      : (tensor<2x1x4x64xf32>, tensor<2x1x4x64xf32>, tensor<2x1x4x64xf32>, tensor<2x4x64x64xf32>)
      -> (tensor<2x1x4x64xf32>, tensor<2x4x64x64xf32>)
  return %o, %s : tensor<2x1x4x64xf32>, tensor<2x4x64x64xf32>
}

// A lone warp loads scalars before the state, too.
// CHECK-LABEL: func @decode_alone
// CHECK:         scf.forall
// CHECK:         gdn.tile_load %arg0
// CHECK:         tensor.extract %arg1
// CHECK:         gdn.tile_load %arg2
// CHECK-NOT:     tensor.extract %
// CHECK:         scf.forall.in_parallel
func.func @decode_alone(%x: tensor<2x1x4x64xf32>, %g: tensor<2x1x4xf32>, %s0: tensor<2x4x64x64xf32>)
    -> (tensor<2x1x4x64xf32>, tensor<2x4x64x64xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) state(%s0)
      {schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 1, min_ctas = 8>}
      : (tensor<2x1x4x64xf32>, tensor<2x1x4x64xf32>, tensor<2x1x4x64xf32>, tensor<2x1x4xf32>, tensor<2x4x64x64xf32>)
      -> (tensor<2x1x4x64xf32>, tensor<2x4x64x64xf32>)
  return %o, %s : tensor<2x1x4x64xf32>, tensor<2x4x64x64xf32>
}

// What is read of a buffer stays behind what is stored to it.
// CHECK-LABEL: func @buffers
// CHECK:         scf.forall
// CHECK:           gdn.tile_store
// CHECK:           gdn.tile_load %arg0
// CHECK:           scf.for %{{.*}} = %c0 to %c8
// CHECK-NOT:         scf.if
// CHECK:             gdn.tile_load %arg0
// CHECK-NEXT:        gdn.tile_store
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
func.func @buffers(%m: memref<9x128xf32>, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.forall (%i) in (4) {
    %t = gdn.tile_splat %x : f32 to <128xf32, #row>
    gdn.tile_store %t, %m[%c0, %c0] : !gdn.tile<128xf32, #row>, memref<9x128xf32>
    %first = gdn.tile_load %m[%c0, %c0] : memref<9x128xf32> to !gdn.tile<128xf32, #row>
    gdn.tile_store %first, %m[%c8, %c0] : !gdn.tile<128xf32, #row>, memref<9x128xf32>
    scf.for %j = %c0 to %c8 step %c1 {
      %next = arith.addi %j, %c1 : index
      %row = gdn.tile_load %m[%j, %c0] : memref<9x128xf32> to !gdn.tile<128xf32, #row>
      gdn.tile_store %row, %m[%next, %c0] : !gdn.tile<128xf32, #row>, memref<9x128xf32>
    }
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 2, stages = 2>}
  return
}
