// RUN: gdn-opt %s --gdn-map-to-gpu --split-input-file --verify-diagnostics | FileCheck %s
#schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 2, idle_shared = 4096, min_ctas = 3>
#state = #gdn.blocked<per_lane = [8, 4], lanes = [8, 4], warps = [1, 2]>

// One dimension of CTAs; the view is computed in the kernel; shared memory that lies idle keeps CTAs apart.
// CHECK-LABEL: func @copy(
// CHECK-SAME:    %[[M:.*]]: memref<?x8x64x32xf32>, %[[N:.*]]: index)
// CHECK-NOT:     memref.subview
// CHECK:         %[[GRID:.*]] = arith.muli %[[N]], %{{.*}}
// CHECK:         gpu.launch blocks(%[[B:.*]], %{{.*}}, %{{.*}}) in (%{{.*}} = %[[GRID]], {{.*}}) threads({{.*}}) in (%{{.*}} = %c64{{.*}}) dynamic_shared_memory_size %c4096_i32 {
// CHECK:           memref.subview %[[M]][0, 1, 0, 0]
// CHECK:           %[[H:.*]] = arith.remui %[[B]], %{{.*}}
// CHECK:           %[[S:.*]] = arith.divui %[[B]], %{{.*}}
// CHECK:           gdn.min_ctas 3
// CHECK:           gdn.tile_load %[[M]][%[[S]], %[[H]],
// CHECK:           gpu.terminator
// CHECK-NOT:     scf.forall
func.func @copy(%m: memref<?x8x64x32xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %view = memref.subview %m[0, 1, 0, 0] [1, 1, 64, 32] [1, 1, 1, 1]
      : memref<?x8x64x32xf32> to memref<64x32xf32, strided<[32, 1], offset: 2048>>
  scf.forall (%i, %j) in (%n, 8) {
    %0 = gdn.tile_load %m[%i, %j, %c0, %c0] : memref<?x8x64x32xf32> to !gdn.tile<64x32xf32, #state>
    gdn.tile_store %0, %view[%c0, %c0] : !gdn.tile<64x32xf32, #state>, memref<64x32xf32, strided<[32, 1], offset: 2048>>
  } {gdn.schedule = #schedule, mapping = [#gpu.block<y>, #gpu.block<x>]}
  return
}

// CHECK-LABEL: func @other
// CHECK:         scf.forall
func.func @other(%m: memref<4xf32>, %x: f32) {
  scf.forall (%i) in (4) {
    memref.store %x, %m[%i] : memref<4xf32>
  }
  return
}

// -----

func.func @tensors(%m: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{expects buffers, but got tensors; bufferize first}}
  %0 = scf.forall (%i) in (4) shared_outs(%o = %m) -> tensor<4xf32> {
    scf.forall.in_parallel {
    }
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 2>}
  return %0 : tensor<4xf32>
}

// -----

// CTAs count from 0 in steps of 1; a program that does not is not mapped to other iterations in silence.
func.func @steps(%m: memref<8xf32>, %x: f32) {
  // expected-error @below {{expects a loop over CTAs from 0 on in steps of 1}}
  scf.forall (%i) = (2) to (8) step (2) {
    memref.store %x, %m[%i] : memref<8xf32>
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 2>}
  return
}

// -----

func.func @nested(%m: memref<4xf32>, %x: f32) {
  scf.forall (%i) in (4) {
    // expected-error @below {{expects no loop over CTAs within another one}}
    scf.forall (%j) in (4) {
      memref.store %x, %m[%j] : memref<4xf32>
    } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 2>}
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 2>}
  return
}
