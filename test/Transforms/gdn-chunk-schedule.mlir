// RUN: gdn-opt %s --gdn-chunk --canonicalize | FileCheck %s

// A single CTA is a loop, too: without its mapping it would dissolve, and the schedule with it.
// CHECK-LABEL: func @one_cta
// CHECK:         scf.forall ({{.*}}) in (1, 1, 1)
// CHECK-NOT:     gdn.chunk_
// CHECK:         scf.for {{.*}} step %c1
// CHECK:           gdn.recurrent_step
// CHECK:         } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 2>, mapping = [#gpu.block<z>, #gpu.block<y>, #gpu.block<x>]}
func.func @one_cta(%x: tensor<1x20x1x32xf32>) -> tensor<1x20x1x32xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x {schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 2>}
      : (tensor<1x20x1x32xf32>, tensor<1x20x1x32xf32>, tensor<1x20x1x32xf32>)
      -> (tensor<1x20x1x32xf32>, tensor<1x1x32x32xf32>)
  return %o : tensor<1x20x1x32xf32>
}

// For tensor cores a whole sequence is one op.
// CHECK-LABEL: func @tensor_cores
// CHECK:         scf.forall ({{.*}}) in (1, 1, 1)
// CHECK:           gdn.sequence_rule
// CHECK:         } {gdn.schedule = #gdn.chunked_schedule<
func.func @tensor_cores(%x: tensor<1x20x1x64xf16>) -> tensor<1x20x1x64xf16> {
  %o, %s = gdn.delta_rule %x, %x, %x
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2, team_warps = 2>}
      : (tensor<1x20x1x64xf16>, tensor<1x20x1x64xf16>, tensor<1x20x1x64xf16>)
      -> (tensor<1x20x1x64xf16>, tensor<1x1x64x64xf32>)
  return %o : tensor<1x20x1x64xf16>
}
