// Sequences without tokens on a GPU: a state stays what it was, or zero.
// REQUIRES: jit
// RUN: gdn-run %s --target=sim | FileCheck %s
// RUN: gdn-run %s --target=reference | FileCheck %s
// RUN: gdn-opt %s --gdn-to-nvvm="chip=sm_90a format=isa" -o /dev/null
// RUN: %if cuda %{ gdn-run %s --target=cuda %}
// CHECK: 6 passed, 0 failed

!none = tensor<1x0x2x16xf32>
!state = tensor<1x2x16x16xf32>
func.func @keeps_state() {
  %x = arith.constant dense<1.0> : !none
  %s0 = arith.constant dense<2.5> : !state
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0) : (!none, !none, !none, !state) -> (!none, !state)
  check.expect_equal %s, %s0 : !state
  return
}

func.func @starts_at_zero() {
  %x = arith.constant dense<1.0> : !none
  %o, %s = gdn.delta_rule %x, %x, %x : (!none, !none, !none) -> (!none, !state)
  %zero = arith.constant dense<0.0> : !state
  check.expect_equal %s, %zero : !state
  return
}

// Segments, all of no token.
func.func @empty_segments() {
  %x = arith.constant dense<1.0> : !none
  %starts = arith.constant dense<0> : tensor<3xi32>
  %s0 = arith.constant dense<2.5> : tensor<2x2x16x16xf32>
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0) segments(%starts)
      : (!none, !none, !none, tensor<2x2x16x16xf32>, tensor<3xi32>) -> (!none, tensor<2x2x16x16xf32>)
  check.expect_equal %s, %s0 : tensor<2x2x16x16xf32>
  return
}

func.func @empty_segments_at_zero() {
  %x = arith.constant dense<1.0> : !none
  %starts = arith.constant dense<0> : tensor<3xi32>
  %o, %s = gdn.delta_rule %x, %x, %x segments(%starts)
      : (!none, !none, !none, tensor<3xi32>) -> (!none, tensor<2x2x16x16xf32>)
  %zero = arith.constant dense<0.0> : tensor<2x2x16x16xf32>
  check.expect_equal %s, %zero : tensor<2x2x16x16xf32>
  return
}

// No segments at all.
func.func @no_segments() {
  %x = arith.constant dense<1.0> : !none
  %starts = arith.constant dense<0> : tensor<1xi32>
  %o, %s = gdn.delta_rule %x, %x, %x segments(%starts)
      : (!none, !none, !none, tensor<1xi32>) -> (!none, tensor<0x2x16x16xf32>)
  %expected = arith.constant dense<0.0> : tensor<0x2x16x16xf32>
  check.expect_equal %s, %expected : tensor<0x2x16x16xf32>
  return
}

// On tensor cores, one segment of none between two of one token.
func.func @empty_segment_chunked() {
  %q = arith.constant dense<0.125> : tensor<1x2x1x64xf16>
  %v = arith.constant dense<1.0> : tensor<1x2x1x64xf16>
  %starts = arith.constant dense<[0, 1, 1, 2]> : tensor<4xi32>
  %s0 = arith.constant dense<0.0> : tensor<3x1x64x64xf32>
  %o, %s = gdn.delta_rule %q, %q, %v state(%s0) segments(%starts)
      {scale = 1.0 : f32, schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 1, stages = 2, prepared = 2, team_warps = 2>}
      : (tensor<1x2x1x64xf16>, tensor<1x2x1x64xf16>, tensor<1x2x1x64xf16>, tensor<3x1x64x64xf32>, tensor<4xi32>)
      -> (tensor<1x2x1x64xf16>, tensor<3x1x64x64xf32>)
  %middle = tensor.extract_slice %s[1, 0, 0, 0] [1, 1, 64, 64] [1, 1, 1, 1] : tensor<3x1x64x64xf32> to tensor<1x1x64x64xf32>
  %zero = arith.constant dense<0.0> : tensor<1x1x64x64xf32>
  check.expect_equal %middle, %zero : tensor<1x1x64x64xf32>
  return
}
