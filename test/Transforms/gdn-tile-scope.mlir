// RUN: gdn-opt %s --gdn-tile | FileCheck %s

// A loop of one iteration goes where it is in the program of a CTA; what stands beside the program stays as it is.
// CHECK-LABEL: func @beside
// CHECK:         scf.for %
// CHECK:         scf.forall
// CHECK-NOT:     scf.for %
// CHECK:         scf.forall.in_parallel
// CHECK:         scf.for %
// CHECK:         return
func.func @beside(%m: tensor<8x8xf32>, %x: f32) -> tensor<8x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %before = scf.for %i = %c0 to %c1 step %c1 iter_args(%t = %m) -> tensor<8x8xf32> {
    %0 = tensor.insert %x into %t[%i, %i] : tensor<8x8xf32>
    scf.yield %0 : tensor<8x8xf32>
  }
  %program = scf.forall (%n) in (2) shared_outs(%o = %before) -> tensor<8x8xf32> {
    %row = tensor.extract_slice %o[%n, 0] [1, 8] [1, 1] : tensor<8x8xf32> to tensor<1x8xf32>
    %new = scf.for %i = %c0 to %c1 step %c1 iter_args(%t = %row) -> tensor<1x8xf32> {
      %0 = tensor.insert %x into %t[%i, %i] : tensor<1x8xf32>
      scf.yield %0 : tensor<1x8xf32>
    }
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %new into %o[%n, 0] [1, 8] [1, 1] : tensor<1x8xf32> into tensor<8x8xf32>
    }
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1>}
  %after = scf.for %i = %c0 to %c1 step %c1 iter_args(%t = %program) -> tensor<8x8xf32> {
    %0 = tensor.insert %x into %t[%i, %i] : tensor<8x8xf32>
    scf.yield %0 : tensor<8x8xf32>
  }
  return %after : tensor<8x8xf32>
}

// Tiles in registers hold floats: casts to and from integers stay beside them, to be found by gdn-verify-tiled.
// CHECK-LABEL: func @casts
// CHECK:         %[[FLOATS:.*]] = arith.sitofp %{{.*}} : tensor<1x128xi32> to tensor<1x128xf32>
// CHECK:         gdn.tile_load %[[FLOATS]]
// CHECK:         %[[STORED:.*]] = gdn.tile_store
// CHECK:         arith.fptosi %[[STORED]]
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
func.func @casts(%m: tensor<8x128xi32>) -> tensor<8x128xi32> {
  %c0 = arith.constant 0 : index
  %program = scf.forall (%n) in (8) shared_outs(%o = %m) -> tensor<8x128xi32> {
    %ints = tensor.extract_slice %m[%n, 0] [1, 128] [1, 1] : tensor<8x128xi32> to tensor<1x128xi32>
    %floats = arith.sitofp %ints : tensor<1x128xi32> to tensor<1x128xf32>
    %tile = gdn.tile_load %floats[%c0, %c0] : tensor<1x128xf32> to !gdn.tile<128xf32, #row>
    %sum = arith.addf %tile, %tile : !gdn.tile<128xf32, #row>
    %empty = tensor.empty() : tensor<1x128xf32>
    %stored = gdn.tile_store %sum, %empty[%c0, %c0] : !gdn.tile<128xf32, #row>, tensor<1x128xf32> -> tensor<1x128xf32>
    %back = arith.fptosi %stored : tensor<1x128xf32> to tensor<1x128xi32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %back into %o[%n, 0] [1, 128] [1, 1] : tensor<1x128xi32> into tensor<8x128xi32>
    }
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1>}
  return %program : tensor<8x128xi32>
}
