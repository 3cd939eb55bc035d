// States that lie with gaps in a larger tensor, decays that are NaN, rules in parallel loops of the user's: what a kernel
// reads where nothing is aligned as its own tensors are.
// REQUIRES: jit
// RUN: gdn-run %s --target=sim | FileCheck %s
// CHECK: 3 passed, 0 failed
// RUN: gdn-run %s --target=sim --entry=strided --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=forall --compare-with=reference
// RUN: %if cuda %{ gdn-run %s --target=cuda %}

// Rows of 17 numbers: their 16 bytes begin anywhere. Nothing is erased along zero keys, and nothing is written.
func.func @strided_state() {
  %q = arith.constant dense<0.25> : tensor<1x1x2x16xf32>
  %k = arith.constant dense<0.0> : tensor<1x1x2x16xf32>
  %e = tensor.empty() : tensor<1x2x16x17xf32>
  %all = linalg.generic {
      indexing_maps = [affine_map<(b, h, k, v) -> (b, h, k, v)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%e : tensor<1x2x16x17xf32>) {
    ^bb0(%old: f32):
      %i = linalg.index 2 : index
      %j = linalg.index 3 : index
      %sum = arith.addi %i, %j : index
      %int = arith.index_cast %sum : index to i32
      %x = arith.sitofp %int : i32 to f32
      linalg.yield %x : f32
  } -> tensor<1x2x16x17xf32>
  %s0 = tensor.extract_slice %all[0, 0, 0, 1] [1, 2, 16, 16] [1, 1, 1, 1]
      : tensor<1x2x16x17xf32> to tensor<1x2x16x16xf32>
  %o, %s = gdn.delta_rule %q, %k, %k state(%s0) {scale = 1.0 : f32}
      : (tensor<1x1x2x16xf32>, tensor<1x1x2x16xf32>, tensor<1x1x2x16xf32>, tensor<1x2x16x16xf32>)
      -> (tensor<1x1x2x16xf32>, tensor<1x2x16x16xf32>)
  check.expect_equal %s, %s0 : tensor<1x2x16x16xf32>
  // A quarter of the sum of v + 1 .. v + 16.
  %reads = arith.constant dense<[[[
      [34.0, 38.0, 42.0, 46.0, 50.0, 54.0, 58.0, 62.0, 66.0, 70.0, 74.0, 78.0, 82.0, 86.0, 90.0, 94.0],
      [34.0, 38.0, 42.0, 46.0, 50.0, 54.0, 58.0, 62.0, 66.0, 70.0, 74.0, 78.0, 82.0, 86.0, 90.0, 94.0]]]]>
      : tensor<1x1x2x16xf32>
  check.expect_close %o, %reads {atol = 0.0 : f32, rtol = 1.0e-6 : f32} : tensor<1x1x2x16xf32>
  return
}

!q = tensor<1x3x2x16xf32>
func.func @strided(%q: !q {gdn.init = "normal(0.25)"}, %v: !q {gdn.init = "normal(1)"},
                   %all: tensor<1x2x16x17xf32> {gdn.init = "normal(1)"}) -> (!q, tensor<1x2x16x16xf32>) {
  %s0 = tensor.extract_slice %all[0, 0, 0, 0] [1, 2, 16, 16] [1, 1, 1, 1]
      : tensor<1x2x16x17xf32> to tensor<1x2x16x16xf32>
  %o, %s = gdn.delta_rule %q, %q, %v state(%s0) : (!q, !q, !q, tensor<1x2x16x16xf32>) -> (!q, tensor<1x2x16x16xf32>)
  return %o, %s : !q, tensor<1x2x16x16xf32>
}

// The loop's iterations stage the same buffers: they run one after the other.
!all = tensor<3x5x2x16xf32>
!one = tensor<1x5x2x16xf32>
func.func @forall(%q: !all {gdn.init = "normal(0.25)"}, %v: !all {gdn.init = "normal(1)"}) -> !all {
  %e = tensor.empty() : !all
  %o = scf.forall (%i) in (3) shared_outs(%out = %e) -> !all {
    %x = tensor.extract_slice %q[%i, 0, 0, 0] [1, 5, 2, 16] [1, 1, 1, 1] : !all to !one
    %y = tensor.extract_slice %v[%i, 0, 0, 0] [1, 5, 2, 16] [1, 1, 1, 1] : !all to !one
    %a, %b = gdn.delta_rule %x, %x, %y : (!one, !one, !one) -> (!one, tensor<1x2x16x16xf32>)
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %a into %out[%i, 0, 0, 0] [1, 5, 2, 16] [1, 1, 1, 1] : !one into !all
    }
  }
  return %o : !all
}

// A decay that is no number leaves none in its head, from its token on; the other head does not notice.
func.func @nan_decay() {
  %q = arith.constant dense<0.25> : tensor<1x2x2x16xf32>
  %v = arith.constant dense<1.0> : tensor<1x2x2x16xf32>
  // 0x7FC00000 is NaN.
  %g = arith.constant dense<[[[0.0, 0.0], [0x7FC00000, 0.0]]]> : tensor<1x2x2xf32>
  %o, %s = gdn.delta_rule %q, %q, %v decay(%g) {scale = 1.0 : f32}
      : (tensor<1x2x2x16xf32>, tensor<1x2x2x16xf32>, tensor<1x2x2x16xf32>, tensor<1x2x2xf32>)
      -> (tensor<1x2x2x16xf32>, tensor<1x2x16x16xf32>)
  %none = arith.constant dense<-1.0> : tensor<1x2x2x16xf32>
  %is_nan = arith.cmpf uno, %o, %o : tensor<1x2x2x16xf32>
  %outputs = arith.select %is_nan, %none, %o : tensor<1x2x2x16xi1>, tensor<1x2x2x16xf32>
  %expected = arith.constant dense<[[[[1.0], [1.0]], [[-1.0], [2.0]]]]> : tensor<1x2x2x1xf32>
  %wide = tensor.empty() : tensor<1x2x2x16xf32>
  %all = linalg.generic {
      indexing_maps = [affine_map<(b, t, h, v) -> (b, t, h, 0)>, affine_map<(b, t, h, v) -> (b, t, h, v)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%expected : tensor<1x2x2x1xf32>) outs(%wide : tensor<1x2x2x16xf32>) {
    ^bb0(%x: f32, %old: f32):
      linalg.yield %x : f32
  } -> tensor<1x2x2x16xf32>
  check.expect_close %outputs, %all {atol = 0.0 : f32, rtol = 1.0e-6 : f32} : tensor<1x2x2x16xf32>
  %state_is_nan = arith.cmpf uno, %s, %s : tensor<1x2x16x16xf32>
  %counts = arith.extui %state_is_nan : tensor<1x2x16x16xi1> to tensor<1x2x16x16xi32>
  %zeros = arith.constant dense<0> : tensor<2xi32>
  %sums = linalg.generic {
      indexing_maps = [affine_map<(b, h, k, v) -> (b, h, k, v)>, affine_map<(b, h, k, v) -> (h)>],
      iterator_types = ["reduction", "parallel", "reduction", "reduction"]}
      ins(%counts : tensor<1x2x16x16xi32>) outs(%zeros : tensor<2xi32>) {
    ^bb0(%x: i32, %sum: i32):
      %0 = arith.addi %x, %sum : i32
      linalg.yield %0 : i32
  } -> tensor<2xi32>
  %wanted = arith.constant dense<[256, 0]> : tensor<2xi32>
  check.expect_equal %sums, %wanted : tensor<2xi32>
  return
}

// The same on tensor cores, where the decays of a chunk are multiplied up.
func.func @nan_decay_chunked() {
  %q = arith.constant dense<0.125> : tensor<1x2x1x64xf16>
  %v = arith.constant dense<1.0> : tensor<1x2x1x64xf16>
  %g = arith.constant dense<[[[0.0], [0x7FC00000]]]> : tensor<1x2x1xf32>
  %o, %s = gdn.delta_rule %q, %q, %v decay(%g)
      {scale = 1.0 : f32, schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 1, stages = 2, prepared = 2, team_warps = 2>}
      : (tensor<1x2x1x64xf16>, tensor<1x2x1x64xf16>, tensor<1x2x1x64xf16>, tensor<1x2x1xf32>)
      -> (tensor<1x2x1x64xf16>, tensor<1x1x64x64xf32>)
  %state_is_nan = arith.cmpf uno, %s, %s : tensor<1x1x64x64xf32>
  %counts = arith.extui %state_is_nan : tensor<1x1x64x64xi1> to tensor<1x1x64x64xi32>
  %zero = arith.constant dense<0> : tensor<i32>
  %sum = linalg.generic {
      indexing_maps = [affine_map<(b, h, k, v) -> (b, h, k, v)>, affine_map<(b, h, k, v) -> ()>],
      iterator_types = ["reduction", "reduction", "reduction", "reduction"]}
      ins(%counts : tensor<1x1x64x64xi32>) outs(%zero : tensor<i32>) {
    ^bb0(%x: i32, %old: i32):
      %0 = arith.addi %x, %old : i32
      linalg.yield %0 : i32
  } -> tensor<i32>
  %wanted = arith.constant dense<4096> : tensor<i32>
  check.expect_equal %sum, %wanted : tensor<i32>
  return
}
