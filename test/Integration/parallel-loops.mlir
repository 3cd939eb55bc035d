// A parallel loop of the user's may hold run-time checks and calls.
// REQUIRES: jit
// RUN: not gdn-run %s --entry=check 2>&1 | FileCheck %s
// RUN: gdn-run %s --entry=call --compare-with=reference
!all = tensor<3x20x2x8xf32>
!one = tensor<1x20x2x8xf32>

// CHECK: error: expects 'cu_seqlens' to start with 0
func.func @check(%q: !all {gdn.init = "normal(1)"}, %cu: tensor<3xi32> {gdn.init = "constant(5)"}) -> !all {
  %e = tensor.empty() : !all
  %o = scf.forall (%i) in (3) shared_outs(%out = %e) -> !all {
    %x = tensor.extract_slice %q[%i, 0, 0, 0] [1, 20, 2, 8] [1, 1, 1, 1] : !all to !one
    %a, %b = gdn.delta_rule %x, %x, %x segments(%cu) {qk_l2norm}
        : (!one, !one, !one, tensor<3xi32>) -> (!one, tensor<2x2x8x8xf32>)
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %a into %out[%i, 0, 0, 0] [1, 20, 2, 8] [1, 1, 1, 1] : !one into !all
    }
  }
  return %o : !all
}

func.func private @sinf(f32) -> f32

func.func @call(%x: tensor<8xf32> {gdn.init = "arange"}) -> tensor<8xf32> {
  %c2 = arith.constant 2 : index
  %o = scf.forall (%i) in (8) shared_outs(%out = %x) -> tensor<8xf32> {
    %v = tensor.extract %x[%i] : tensor<8xf32>
    %few = arith.cmpi ult, %i, %c2 : index
    %w = scf.if %few -> f32 {
      %y = func.call @sinf(%v) : (f32) -> f32
      scf.yield %y : f32
    } else {
      scf.yield %v : f32
    }
    %t = tensor.from_elements %w : tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %t into %out[%i] [1] [1] : tensor<1xf32> into tensor<8xf32>
    }
  }
  return %o : tensor<8xf32>
}
