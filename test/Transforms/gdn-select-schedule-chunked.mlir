// Which rules go to tensor cores.
// RUN: gdn-opt %s --gdn-select-schedule=chip=sm_90a | FileCheck %s
// RUN: gdn-opt %s --gdn-select-schedule=chip=sm_80 | FileCheck %s --check-prefix=OTHER
// RUN: gdn-opt %s --gdn-select-schedule=chip=sm_120a | FileCheck %s --check-prefix=OTHER
// RUN: gdn-opt %s --gdn-select-schedule="chip=sm_90a others=sm_80" | FileCheck %s --check-prefix=OTHER
// RUN: gdn-opt %s --gdn-select-schedule --remarks-filter=gdn-select-schedule --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK
// OTHER-NOT: chunked_schedule
// REMARK: chunks of 16 tokens on tensor cores: bound by the chunks of a sequence, one after the other; 64 value channels in a CTA, one CTA at a time on a multiprocessor, at least 4 CTAs for 132 multiprocessors
!x = tensor<1x17x2x128xbf16>
!s = tensor<1x2x128x128xf32>
!v = tensor<1x17x2x64xbf16>

// CHECK-LABEL: func @many_tokens
// CHECK:         schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 2, prepared = 4, cluster = 2, warpgroup = true>
func.func @many_tokens(%x: !x) -> !x {
  %o, %s = gdn.delta_rule %x, %x, %x : (!x, !x, !x) -> (!x, !s)
  return %o : !x
}

// 64 value channels are one CTA's; erase gates of f32 take the room of two places.
// CHECK-LABEL: func @alone
// CHECK:         schedule = #gdn.chunked_schedule<{{.*}} stages = 4, prepared = 2, warpgroup = true>
func.func @alone(%x: !x, %v: !v) -> !v {
  %o, %s = gdn.delta_rule %x, %x, %v : (!x, !x, !v) -> (!v, tensor<1x2x128x64xf32>)
  return %o : !v
}

// CHECK-LABEL: func @wide_gates
// CHECK:         schedule = #gdn.chunked_schedule<{{.*}} stages = 2, prepared = 2, warpgroup = true>
func.func @wide_gates(%x: !x, %v: !v, %b: tensor<1x17x2x128xf32>) -> !v {
  %o, %s = gdn.delta_rule %x, %x, %v erase(%b) : (!x, !x, !v, tensor<1x17x2x128xf32>) -> (!v, tensor<1x2x128x64xf32>)
  return %o : !v
}

// A number of tokens that is not known counts as many.
// CHECK-LABEL: func @any_tokens
// CHECK:         schedule = #gdn.chunked_schedule<{{.*}}, team_warps = 2, warpgroup = true>
func.func @any_tokens(%x: tensor<?x?x2x64xf16>) -> tensor<?x?x2x64xf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<?x?x2x64xf16>, tensor<?x?x2x64xf16>, tensor<?x?x2x64xf16>)
      -> (tensor<?x?x2x64xf16>, tensor<?x2x64x64xf32>)
  return %o : tensor<?x?x2x64xf16>
}

// Slices of one projection begin at multiples of 16 bytes.
// CHECK-LABEL: func @slices
// CHECK:         schedule = #gdn.chunked_schedule
func.func @slices(%p: tensor<1x17x512xbf16>) -> !x {
  %0 = tensor.extract_slice %p[0, 0, 256] [1, 17, 256] [1, 1, 1] : tensor<1x17x512xbf16> to tensor<1x17x256xbf16>
  %x = tensor.expand_shape %0 [[0], [1], [2, 3]] output_shape [1, 17, 2, 128] : tensor<1x17x256xbf16> into !x
  %o, %s = gdn.delta_rule %x, %x, %x : (!x, !x, !x) -> (!x, !s)
  return %o : !x
}

// These do not.
// CHECK-LABEL: func @odd_slices
// CHECK:         schedule = #gdn.schedule<recurrent
func.func @odd_slices(%p: tensor<1x17x512xbf16>) -> !x {
  %0 = tensor.extract_slice %p[0, 0, 4] [1, 17, 256] [1, 1, 1] : tensor<1x17x512xbf16> to tensor<1x17x256xbf16>
  %x = tensor.expand_shape %0 [[0], [1], [2, 3]] output_shape [1, 17, 2, 128] : tensor<1x17x256xbf16> into !x
  %o, %s = gdn.delta_rule %x, %x, %x : (!x, !x, !x) -> (!x, !s)
  return %o : !x
}

// CHECK-LABEL: func @few_tokens
// CHECK:         schedule = #gdn.schedule<recurrent
func.func @few_tokens(%x: tensor<1x16x2x128xbf16>) -> tensor<1x16x2x128xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x16x2x128xbf16>, tensor<1x16x2x128xbf16>, tensor<1x16x2x128xbf16>)
      -> (tensor<1x16x2x128xbf16>, !s)
  return %o : tensor<1x16x2x128xbf16>
}

// CHECK-LABEL: func @wide
// CHECK:         schedule = #gdn.schedule<recurrent
func.func @wide(%x: tensor<1x17x2x128xf32>) -> tensor<1x17x2x128xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x17x2x128xf32>, tensor<1x17x2x128xf32>, tensor<1x17x2x128xf32>)
      -> (tensor<1x17x2x128xf32>, !s)
  return %o : tensor<1x17x2x128xf32>
}

// CHECK-LABEL: func @normalised
// CHECK:         schedule = #gdn.schedule<recurrent
func.func @normalised(%x: !x) -> !x {
  %o, %s = gdn.delta_rule %x, %x, %x {qk_l2norm} : (!x, !x, !x) -> (!x, !s)
  return %o : !x
}

// CHECK-LABEL: func @long_keys
// CHECK:         schedule = #gdn.schedule<recurrent
func.func @long_keys(%k: tensor<1x17x2x256xbf16>, %v: !x) -> !x {
  %o, %s = gdn.delta_rule %k, %k, %v : (tensor<1x17x2x256xbf16>, tensor<1x17x2x256xbf16>, !x)
      -> (!x, tensor<1x2x256x128xf32>)
  return %o : !x
}

// Write gates of f32 take that room, too.
// CHECK-LABEL: func @wide_writes
// CHECK:         schedule = #gdn.chunked_schedule<{{.*}} stages = 2, prepared = 2, warpgroup = true>
func.func @wide_writes(%x: !x, %v: !v, %w: tensor<1x17x2x64xf32>) -> !v {
  %o, %s = gdn.delta_rule %x, %x, %v write(%w) : (!x, !x, !v, tensor<1x17x2x64xf32>) -> (!v, tensor<1x2x128x64xf32>)
  return %o : !v
}

// Elements of a row lie apart.
// CHECK-LABEL: func @columns
// CHECK:         schedule = #gdn.schedule<recurrent
func.func @columns(%x: !x, %p: tensor<1x17x2x128x8xbf16>) -> !x {
  %v = tensor.extract_slice %p[0, 0, 0, 0, 0] [1, 17, 2, 128, 1] [1, 1, 1, 1, 1] : tensor<1x17x2x128x8xbf16> to !x
  %o, %s = gdn.delta_rule %x, %x, %v : (!x, !x, !x) -> (!x, !s)
  return %o : !x
}

// What a branch gives may be a part of anything.
// CHECK-LABEL: func @branch
// CHECK:         schedule = #gdn.schedule<recurrent
func.func @branch(%c: i1, %x: !x, %p: tensor<1x17x2x129xbf16>) -> !x {
  %v = scf.if %c -> !x {
    %0 = tensor.extract_slice %p[0, 0, 0, 0] [1, 17, 2, 128] [1, 1, 1, 1] : tensor<1x17x2x129xbf16> to !x
    scf.yield %0 : !x
  } else {
    %0 = tensor.extract_slice %p[0, 0, 0, 1] [1, 17, 2, 128] [1, 1, 1, 1] : tensor<1x17x2x129xbf16> to !x
    scf.yield %0 : !x
  }
  %o, %s = gdn.delta_rule %x, %x, %v : (!x, !x, !x) -> (!x, !s)
  return %o : !x
}

// What a loop carries is whole, as what it begins with.
// CHECK-LABEL: func @layers
// CHECK:         schedule = #gdn.chunked_schedule
func.func @layers(%x: !x) -> !x {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %y = scf.for %i = %c0 to %c2 step %c1 iter_args(%y = %x) -> !x {
    %o, %s = gdn.delta_rule %x, %x, %y : (!x, !x, !x) -> (!x, !s)
    scf.yield %o : !x
  }
  return %y : !x
}

// Or a part, as here.
// CHECK-LABEL: func @parts
// CHECK:         schedule = #gdn.schedule<recurrent
func.func @parts(%x: !x, %p: tensor<1x17x2x129xbf16>) -> !x {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %0 = tensor.extract_slice %p[0, 0, 0, 1] [1, 17, 2, 128] [1, 1, 1, 1] : tensor<1x17x2x129xbf16> to !x
  %y = scf.for %i = %c0 to %c2 step %c1 iter_args(%y = %0) -> !x {
    %o, %s = gdn.delta_rule %x, %x, %y : (!x, !x, !x) -> (!x, !s)
    scf.yield %o : !x
  }
  return %y : !x
}
