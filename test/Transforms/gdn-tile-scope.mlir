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
