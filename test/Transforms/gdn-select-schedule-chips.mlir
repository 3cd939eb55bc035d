// What is chosen where many CTAs have four warps, by tokens and by chip, and what is said of it.
// RUN: gdn-opt %s --gdn-select-schedule=chip=sm_90a | FileCheck %s --check-prefixes=CHECK,SM90
// RUN: gdn-opt %s --gdn-select-schedule=chip=sm_100a | FileCheck %s --check-prefixes=CHECK,OTHER
// RUN: gdn-opt %s --gdn-select-schedule=chip=sm_120a | FileCheck %s --check-prefixes=CHECK,OTHER
// RUN: gdn-opt %s --gdn-select-schedule --remarks-filter=gdn-select-schedule --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// Operands of f32 leave registers for five CTAs.
// CHECK-LABEL: func @eight_wide
// CHECK:         schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 4, min_ctas = 5>
func.func @eight_wide(%x: tensor<64x8x16x128xf32>) -> tensor<64x8x16x128xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<64x8x16x128xf32>, tensor<64x8x16x128xf32>, tensor<64x8x16x128xf32>)
      -> (tensor<64x8x16x128xf32>, tensor<64x16x128x128xf32>)
  return %o : tensor<64x8x16x128xf32>
}

// Two tokens do not pay for more threads.
// CHECK-LABEL: func @two
// CHECK:         schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 4, min_ctas = 2>
func.func @two(%x: tensor<64x2x16x128xbf16>) -> tensor<64x2x16x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<64x2x16x128xbf16>, tensor<64x2x16x128xbf16>, tensor<64x2x16x128xbf16>)
      -> (tensor<64x2x16x128xbf16>, tensor<64x16x128x128xf32>)
  return %o : tensor<64x2x16x128xbf16>
}

// How few CTAs stream one token best was measured on sm_90a alone.
// CHECK-LABEL: func @one
// SM90:          schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 4, idle_shared = 58368>
// OTHER:         schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 4, min_ctas = 3>
// REMARK:        gdn-select-schedule-chips.mlir:[[#@LINE+2]]:{{.*}}Remark="one token after the other: bound by the 65536 bytes of a head's state; 64 values of it in each thread, 64 value channels in a CTA, 1 tokens under way, at least 2048 CTAs for 132 multiprocessors
func.func @one(%x: tensor<64x1x16x128xbf16>) -> tensor<64x1x16x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<64x1x16x128xbf16>, tensor<64x1x16x128xbf16>, tensor<64x1x16x128xbf16>)
      -> (tensor<64x1x16x128xbf16>, tensor<64x16x128x128xf32>)
  return %o : tensor<64x1x16x128xbf16>
}

// More multiprocessors ask for more CTAs.
// CHECK-LABEL: func @few
// SM90:          schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1, min_ctas = 8>
// OTHER:         schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 1, min_ctas = 8>
func.func @few(%x: tensor<9x1x2x128xbf16>) -> tensor<9x1x2x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<9x1x2x128xbf16>, tensor<9x1x2x128xbf16>, tensor<9x1x2x128xbf16>)
      -> (tensor<9x1x2x128xbf16>, tensor<9x2x128x128xf32>)
  return %o : tensor<9x1x2x128xbf16>
}
