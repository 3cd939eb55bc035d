// A schedule that the user gives must suit the chip.
// RUN: split-file %s %t
// RUN: not gdn-opt %t/chunked.mlir --gdn-select-schedule=chip=sm_80 2>&1 | FileCheck %s --check-prefix=CHUNKED
// RUN: gdn-opt %t/chunked.mlir --gdn-select-schedule=chip=sm_90a | FileCheck %s --check-prefix=KEPT
// RUN: not gdn-opt %t/idle.mlir --gdn-select-schedule=chip=sm_120a 2>&1 | FileCheck %s --check-prefix=IDLE
// RUN: gdn-opt %t/idle.mlir --gdn-select-schedule=chip=sm_80 | FileCheck %s --check-prefix=KEPT

// C2: warps of a CTA hand on chunks with instructions of 9.0.
// CHUNKED: error: 'gdn.delta_rule' op expects a chip from sm_90a on for #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2, team_warps = 2>, but got sm_80; use #gdn.schedule{{$}}
// KEPT: gdn.delta_rule {{.*}}schedule =
//--- chunked.mlir
func.func @chunked(%x: tensor<1x32x1x64xf16>) -> tensor<1x32x1x64xf16> {
  %o, %s = gdn.delta_rule %x, %x, %x
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2, team_warps = 2>}
      : (tensor<1x32x1x64xf16>, tensor<1x32x1x64xf16>, tensor<1x32x1x64xf16>)
      -> (tensor<1x32x1x64xf16>, tensor<1x1x64x64xf32>)
  return %o : tensor<1x32x1x64xf16>
}

// C3: a multiprocessor of sm_120a has 100 KiB, of which 99 are a CTA's at most; of sm_80 it has 164.
// IDLE: error: 'gdn.delta_rule' op expects idle_shared to be at most 101376 for sm_120a, but got 101377{{$}}
//--- idle.mlir
func.func @idle(%x: tensor<1x1x1x64xf32>) -> tensor<1x1x1x64xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x
      {schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1, idle_shared = 101377>}
      : (tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>)
      -> (tensor<1x1x1x64xf32>, tensor<1x1x64x64xf32>)
  return %o : tensor<1x1x1x64xf32>
}

// wgmma is sm_90a's alone; all chips of one object count.
// RUN: not gdn-opt %t/group.mlir --gdn-select-schedule=chip=sm_100a 2>&1 | FileCheck %s --check-prefix=GROUP
// RUN: not gdn-opt %t/group.mlir --gdn-to-nvvm="chip=sm_90a,sm_100a format=isa" 2>&1 | FileCheck %s --check-prefix=GROUP
// RUN: gdn-opt %t/group.mlir --gdn-select-schedule=chip=sm_90a | FileCheck %s --check-prefix=KEPT
// GROUP: error: 'gdn.delta_rule' op expects a chip with wgmma (sm_90a) for warpgroup = true, but got sm_100a{{$}}
//--- group.mlir
func.func @group(%x: tensor<1x32x1x64xf16>) -> tensor<1x32x1x64xf16> {
  %o, %s = gdn.delta_rule %x, %x, %x
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2, team_warps = 2, warpgroup = true>}
      : (tensor<1x32x1x64xf16>, tensor<1x32x1x64xf16>, tensor<1x32x1x64xf16>)
      -> (tensor<1x32x1x64xf16>, tensor<1x1x64x64xf32>)
  return %o : tensor<1x32x1x64xf16>
}

// The smallest shared memory of all chips counts.
// RUN: not gdn-opt %t/rings.mlir --gdn-to-nvvm="chip=sm_90a,sm_120a format=isa" 2>&1 | FileCheck %s --check-prefix=RINGS
// RINGS: error: expects at most 101376 bytes of shared memory, but the rings take {{[0-9]+}}; use fewer stages
//--- rings.mlir
func.func @rings(%x: tensor<1x32x1x128xf16>) -> tensor<1x32x1x128xf16> {
  %o, %s = gdn.delta_rule %x, %x, %x
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 4, team_warps = 2>}
      : (tensor<1x32x1x128xf16>, tensor<1x32x1x128xf16>, tensor<1x32x1x128xf16>)
      -> (tensor<1x32x1x128xf16>, tensor<1x1x128x128xf32>)
  return %o : tensor<1x32x1x128xf16>
}
