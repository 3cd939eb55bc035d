// RUN: gdn-opt %s --gdn-select-schedule --split-input-file --verify-diagnostics | FileCheck %s
// RUN: not gdn-opt %s --gdn-select-schedule=chip=sm_70 --split-input-file 2>&1 | FileCheck %s --check-prefix=CHIP --implicit-check-not=func.func
// CHIP: {{^}}<unknown>:0: error: expects 'chip' to be one of sm_80, sm_90a, sm_100a, sm_120a, but got 'sm_70'{{$}}

// RUN: gdn-opt %s --gdn-select-schedule=chip=sm_80 --split-input-file --verify-diagnostics | FileCheck %s --check-prefix=SM80

// At most 64 values of the state in a thread; four warps start together where there are many CTAs. On the chip where
// that was measured, idle shared memory keeps all but three CTAs away from a multiprocessor.
// CHECK-LABEL: func @decode
// CHECK: schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 4, idle_shared = 58368>
// SM80-LABEL: func @decode
// SM80: schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 4, min_ctas = 3>
func.func @decode(%x: tensor<64x1x16x128xbf16>) -> tensor<64x1x16x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<64x1x16x128xbf16>, tensor<64x1x16x128xbf16>, tensor<64x1x16x128xbf16>)
      -> (tensor<64x1x16x128xbf16>, tensor<64x16x128x128xf32>)
  return %o : tensor<64x1x16x128xbf16>
}

// One sequence: more lanes share a column, so that each multiprocessor has a CTA.
// CHECK-LABEL: func @one
// CHECK: schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 1, min_ctas = 8>
func.func @one(%x: tensor<1x1x16x128xbf16>) -> tensor<1x1x16x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x1x16x128xbf16>, tensor<1x1x16x128xbf16>, tensor<1x1x16x128xbf16>)
      -> (tensor<1x1x16x128xbf16>, tensor<1x16x128x128xf32>)
  return %o : tensor<1x1x16x128xbf16>
}

// Several tokens of few sequences: operands are loaded ahead.
// CHECK-LABEL: func @speculate_one
// CHECK: schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 1, stages = 4>
func.func @speculate_one(%x: tensor<1x8x16x128xbf16>) -> tensor<1x8x16x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x8x16x128xbf16>, tensor<1x8x16x128xbf16>, tensor<1x8x16x128xbf16>)
      -> (tensor<1x8x16x128xbf16>, tensor<1x16x128x128xf32>)
  return %o : tensor<1x8x16x128xbf16>
}

// In f32 fewer of them fit into the registers.
// CHECK-LABEL: func @long
// CHECK: schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 1, stages = 2>
func.func @long(%x: tensor<1x?x16x256xf32>) -> tensor<1x?x16x256xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x?x16x256xf32>, tensor<1x?x16x256xf32>, tensor<1x?x16x256xf32>)
      -> (tensor<1x?x16x256xf32>, tensor<1x16x256x256xf32>)
  return %o : tensor<1x?x16x256xf32>
}

// Several tokens of many sequences: more threads instead, with half of the state each.
// CHECK-LABEL: func @speculate
// CHECK: schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 4, min_ctas = 6>
func.func @speculate(%x: tensor<64x8x16x128xbf16>) -> tensor<64x8x16x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<64x8x16x128xbf16>, tensor<64x8x16x128xbf16>, tensor<64x8x16x128xbf16>)
      -> (tensor<64x8x16x128xbf16>, tensor<64x16x128x128xf32>)
  return %o : tensor<64x8x16x128xbf16>
}

// What the user gives stays.
// CHECK-LABEL: func @given
// CHECK: schedule = #gdn.schedule<recurrent, key_lanes = 4, warps = 2>
func.func @given(%x: tensor<1x1x16x128xbf16>) -> tensor<1x1x16x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x {schedule = #gdn.schedule<recurrent, key_lanes = 4, warps = 2>}
      : (tensor<1x1x16x128xbf16>, tensor<1x1x16x128xbf16>, tensor<1x1x16x128xbf16>)
      -> (tensor<1x1x16x128xbf16>, tensor<1x16x128x128xf32>)
  return %o : tensor<1x1x16x128xbf16>
}

// 16 value channels leave at most 4 lanes side by side, and one warp.
// CHECK-LABEL: func @narrow
// CHECK: schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1, min_ctas = 8>
func.func @narrow(%x: tensor<64x1x16x16xf32>) -> tensor<64x1x16x16xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<64x1x16x16xf32>, tensor<64x1x16x16xf32>, tensor<64x1x16x16xf32>)
      -> (tensor<64x1x16x16xf32>, tensor<64x16x16x16xf32>)
  return %o : tensor<64x1x16x16xf32>
}

// -----

// C1: kernels go over 16 channels at a time.
func.func @odd(%x: tensor<1x1x1x40xf32>) -> tensor<1x1x1x40xf32> {
  // expected-error @below {{expects K to be a multiple of 16 up to 256 for a GPU, but got 40; pad it or use --target=cpu}}
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x1x1x40xf32>, tensor<1x1x1x40xf32>, tensor<1x1x1x40xf32>)
      -> (tensor<1x1x1x40xf32>, tensor<1x1x40x40xf32>)
  return %o : tensor<1x1x1x40xf32>
}

// -----

// C1: so do values.
func.func @wide(%x: tensor<1x1x1x64xf32>, %v: tensor<1x1x1x272xf32>) -> tensor<1x1x1x272xf32> {
  // expected-error @below {{expects V to be a multiple of 16 up to 256 for a GPU, but got 272; pad it or use --target=cpu}}
  %o, %s = gdn.delta_rule %x, %x, %v : (tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>, tensor<1x1x1x272xf32>)
      -> (tensor<1x1x1x272xf32>, tensor<1x1x64x272xf32>)
  return %o : tensor<1x1x1x272xf32>
}
