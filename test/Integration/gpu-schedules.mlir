// Schedules for one token after the other that are given, not chosen: several warps beside each other, tokens under way,
// shared memory that keeps other CTAs away, registers for several CTAs. The rule is the same.
// REQUIRES: jit
// RUN: gdn-run %s --target=sim --entry=gates --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=halves --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=segments --compare-with=reference
// RUN: %if cuda %{ gdn-run %s --target=cuda --entry=gates --compare-with=reference %}

// They reach the kernels as they are.
// RUN: gdn-opt %s --gdn-to-gpu | FileCheck %s
// CHECK: gpu.launch_func @gates_kernel::@gates_kernel blocks in (%c8, %c1, %c1) threads in (%c64, %c1, %c1) args
// CHECK: blocks in (%c4, %c1, %c1) threads in (%c256, %c1, %c1) args
// CHECK: blocks in (%c4, %c1, %c1) threads in (%c128, %c1, %c1) dynamic_shared_memory_size %c58368_i32 args
// CHECK: blocks in (%c16, %c1, %c1) threads in (%c128, %c1, %c1) args
// CHECK: nvvm.minctasm = 5
// CHECK: gpu.launch_func @halves_kernel::@halves_kernel blocks in (%c12, %c1, %c1) threads in (%c128, %c1, %c1) dynamic_shared_memory_size %c16384_i32
// CHECK: nvvm.minctasm = 4
// CHECK: gpu.launch_func @segments_kernel::@segments_kernel blocks in (%c3, %c1, %c1) threads in (%c256, %c1, %c1) dynamic_shared_memory_size %c1024_i32
// CHECK: blocks in (%c3, %c1, %c1) threads in (%c512, %c1, %c1) args
// CHECK: nvvm.minctasm = 2

!k = tensor<2x5x2x64xf32>
!s = tensor<2x2x64x64xf32>
func.func @gates(%q: !k {gdn.init = "normal(0.12)"}, %k: !k {gdn.init = "normal(0.12)"},
                 %v: !k {gdn.init = "normal(1)"}, %g: !k {gdn.init = "uniform(-1, 0)"},
                 %b: !k {gdn.init = "uniform(0, 1)"}, %s: !s {gdn.init = "normal(1)"})
    -> (!k, !s, !k, !s, !k, !s, !k, !s) {
  // Two CTAs of a head.
  %o0, %s0 = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b) state(%s)
      {schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 2>}
      : (!k, !k, !k, !k, !k, !k, !s) -> (!k, !s)
  // One of eight warps, in which three tokens are under way.
  %o1, %s1 = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b) state(%s)
      {schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 8, stages = 3>}
      : (!k, !k, !k, !k, !k, !k, !s) -> (!k, !s)
  %o2, %s2 = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b) state(%s)
      {schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 4, idle_shared = 58368>}
      : (!k, !k, !k, !k, !k, !k, !s) -> (!k, !s)
  // More tokens under way than there are.
  %o3, %s3 = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b) state(%s)
      {schedule = #gdn.schedule<recurrent, key_lanes = 32, warps = 4, stages = 8, min_ctas = 5>}
      : (!k, !k, !k, !k, !k, !k, !s) -> (!k, !s)
  return %o0, %s0, %o1, %s1, %o2, %s2, %o3, %s3 : !k, !s, !k, !s, !k, !s, !k, !s
}

// One token, 16 bits, gates of heads, two value heads to a key head.
!kh = tensor<3x1x1x128xbf16>
!vh = tensor<3x1x2x64xbf16>
!gh = tensor<3x1x2xf32>
!sh = tensor<3x2x128x64xf32>
func.func @halves(%q: !kh {gdn.init = "normal(0.09)"}, %v: !vh {gdn.init = "normal(1)"},
                  %g: !gh {gdn.init = "uniform(-1, 0)"}, %s: !sh {gdn.init = "normal(1)"}) -> (!vh, !sh, !vh, !sh) {
  %o0, %s0 = gdn.delta_rule %q, %q, %v decay(%g) state(%s)
      {schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 4, idle_shared = 16384, min_ctas = 4>}
      : (!kh, !kh, !vh, !gh, !sh) -> (!vh, !sh)
  %o1, %s1 = gdn.delta_rule %q, %q, %v decay(%g) state(%s)
      {schedule = #gdn.schedule<recurrent, key_lanes = 4, warps = 2>}
      : (!kh, !kh, !vh, !gh, !sh) -> (!vh, !sh)
  return %o0, %s0, %o1, %s1 : !vh, !sh, !vh, !sh
}

// Sequences of 4, 0 and 5 tokens; their keys are made to be of norm 1.
!kp = tensor<1x9x1x64xf16>
!vp = tensor<1x9x1x128xf16>
!sp = tensor<3x1x64x128xf32>
func.func @segments(%q: !kp {gdn.init = "normal(0.12)"}, %v: !vp {gdn.init = "normal(1)"},
                    %s: !sp {gdn.init = "normal(1)"}) -> (!vp, !sp, !vp, !sp) {
  %starts = arith.constant dense<[0, 4, 4, 9]> : tensor<4xi32>
  %o0, %s0 = gdn.delta_rule %q, %q, %v state(%s) segments(%starts)
      {qk_l2norm, schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 8, stages = 4, idle_shared = 1024>}
      : (!kp, !kp, !vp, !sp, tensor<4xi32>) -> (!vp, !sp)
  %o1, %s1 = gdn.delta_rule %q, %q, %v state(%s) segments(%starts)
      {qk_l2norm, schedule = #gdn.schedule<recurrent, key_lanes = 16, warps = 16, stages = 2, min_ctas = 2>}
      : (!kp, !kp, !vp, !sp, tensor<4xi32>) -> (!vp, !sp)
  return %o0, %s0, %o1, %s1 : !vp, !sp, !vp, !sp
}
