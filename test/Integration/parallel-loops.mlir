// A parallel loop of the user's may hold run-time checks and calls.
// REQUIRES: jit
// RUN: not gdn-run %s --entry=assert_in_forall 2>&1 | FileCheck %s
// RUN: gdn-run %s --entry=t --compare-with=reference
// CHECK: error: expects 'cu_seqlens' to start with 0
func.func @assert_in_forall(%q: tensor<3x20x2x8xf32> {gdn.init="normal(1)"}, %cu: tensor<3xi32> {gdn.init="constant(5)"}) -> (tensor<3x20x2x8xf32>) {
  %e = tensor.empty() : tensor<3x20x2x8xf32>
  %o = scf.forall (%i) in (3) shared_outs(%out = %e) -> tensor<3x20x2x8xf32> {
    %x = tensor.extract_slice %q[%i,0,0,0][1,20,2,8][1,1,1,1] : tensor<3x20x2x8xf32> to tensor<1x20x2x8xf32>
    %a, %b = gdn.delta_rule %x, %x, %x segments(%cu) {qk_l2norm} : (tensor<1x20x2x8xf32>, tensor<1x20x2x8xf32>, tensor<1x20x2x8xf32>, tensor<3xi32>) -> (tensor<1x20x2x8xf32>, tensor<2x2x8x8xf32>)
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %a into %out[%i,0,0,0][1,20,2,8][1,1,1,1] : tensor<1x20x2x8xf32> into tensor<3x20x2x8xf32>
    }
  }
  return %o : tensor<3x20x2x8xf32>
}
func.func private @sinf(f32) -> f32
func.func @t(%x: tensor<8xf32> {gdn.init="arange"}) -> tensor<8xf32> {
  %o = scf.forall (%i) in (8) shared_outs(%out = %x) -> tensor<8xf32> {
    %v = tensor.extract %x[%i] : tensor<8xf32>
    %c0 = arith.constant 2 : index
    %c = arith.cmpi ult, %i, %c0 : index
    %w = scf.if %c -> f32 {
      %y = func.call @sinf(%v) : (f32) -> f32
      scf.yield %y : f32
    } else { scf.yield %v : f32 }
    %t = tensor.from_elements %w : tensor<1xf32>
    scf.forall.in_parallel { tensor.parallel_insert_slice %t into %out[%i][1][1] : tensor<1xf32> into tensor<8xf32> }
  }
  return %o : tensor<8xf32>
}
