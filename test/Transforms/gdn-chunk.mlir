// RUN: gdn-opt %s --gdn-chunk --canonicalize --cse | FileCheck %s
// RUN: gdn-opt %s --gdn-chunk=chunk-size=32 --canonicalize | FileCheck %s --check-prefix=C32
// RUN: gdn-opt %s --pass-pipeline='builtin.module(func.func(gdn-chunk{value-split=2},canonicalize))' \
// RUN:   | FileCheck %s --check-prefix=SPLIT
// RUN: not gdn-opt %s --gdn-chunk=chunk-size=0 2>&1 | FileCheck %s --check-prefix=SIZE
// RUN: not gdn-opt %s --gdn-chunk=value-split=3 2>&1 | FileCheck %s --check-prefix=PARTS

// SIZE: error: expects chunk-size to be 1 to 128
// PARTS: error: 'gdn.delta_rule' op expects V to be a multiple of value-split = 3, but got 64

// Gated DeltaNet-2: full chunks carry the state, the last 4 tokens are single steps.
// CHECK-LABEL: func @channel_gates
// CHECK-NOT: gdn.delta_rule
// CHECK: scf.forall ({{.*}}) in (2, 8)
// CHECK: scf.for {{.*}} = %c0 to %c96 step %c16
// CHECK: math.exp
// CHECK: gdn.chunk_scan
// CHECK: gdn.chunk_scores {{.*}} erase({{.*}}) decay(
// CHECK: linalg.matmul
// CHECK: gdn.chunk_solve
// CHECK-COUNT-3: linalg.matmul
// CHECK: scf.for {{.*}} = %c96 to %c100 step %c1
// CHECK: gdn.recurrent_step
// CHECK-COUNT-2: tensor.parallel_insert_slice
// C32-LABEL: func @channel_gates
// C32: gdn.chunk_scan {{.*}} : tensor<32x64xf32>
// SPLIT-LABEL: func @channel_gates
// SPLIT: scf.forall ({{.*}}) in (2, 8, 2)
// SPLIT: gdn.chunk_solve {{.*}} : tensor<16x16xf32>, tensor<16x32xf32>
func.func @channel_gates(%q: tensor<2x100x8x64xf32>, %v: tensor<2x100x8x64xf32>, %g: tensor<2x100x8x64xf32>)
    -> (tensor<2x100x8x64xf32>, tensor<2x8x64x64xf32>) {
  %o, %s = gdn.delta_rule %q, %q, %v decay(%g) erase(%g) write(%v)
      : (tensor<2x100x8x64xf32>, tensor<2x100x8x64xf32>, tensor<2x100x8x64xf32>, tensor<2x100x8x64xf32>,
         tensor<2x100x8x64xf32>, tensor<2x100x8x64xf32>) -> (tensor<2x100x8x64xf32>, tensor<2x8x64x64xf32>)
  return %o, %s : tensor<2x100x8x64xf32>, tensor<2x8x64x64xf32>
}

// A single token takes no chunk; without erase nothing is solved.
// CHECK-LABEL: func @single_token
// CHECK-NOT: gdn.chunk_
// CHECK: gdn.recurrent_step
// CHECK-NOT: gdn.chunk_
// CHECK: return
func.func @single_token(%q: tensor<8x1x4x64xbf16>, %v: tensor<8x1x8x64xbf16>, %s0: tensor<8x8x64x64xf32>)
    -> (tensor<8x1x8x64xbf16>, tensor<8x8x64x64xf32>) {
  %o, %s = gdn.delta_rule %q, %q, %v state(%s0)
      : (tensor<8x1x4x64xbf16>, tensor<8x1x4x64xbf16>, tensor<8x1x8x64xbf16>, tensor<8x8x64x64xf32>)
      -> (tensor<8x1x8x64xbf16>, tensor<8x8x64x64xf32>)
  return %o, %s : tensor<8x1x8x64xbf16>, tensor<8x8x64x64xf32>
}

// Segments are checked outside the parallel loop; a state that nobody asks for is no result of it.
// CHECK-LABEL: func @segments
// CHECK: cf.assert {{.*}} "expects 'cu_seqlens' to start with 0"
// CHECK: scf.for
// CHECK: cf.assert {{.*}} "expects 'cu_seqlens' not to decrease"
// CHECK: cf.assert {{.*}} "expects 'cu_seqlens' to end with T"
// CHECK-NOT: tensor<?x8x64x64xf32>
// CHECK: scf.forall {{.*}} -> (tensor<1x?x8x64xf32>) {
// CHECK-NOT: cf.assert
// CHECK-COUNT-1: tensor.parallel_insert_slice
// CHECK-NOT: tensor.parallel_insert_slice
func.func @segments(%q: tensor<1x?x8x64xf32>, %cu: tensor<?xi32>) -> tensor<1x?x8x64xf32> {
  %o, %s = gdn.delta_rule %q, %q, %q segments(%cu)
      : (tensor<1x?x8x64xf32>, tensor<1x?x8x64xf32>, tensor<1x?x8x64xf32>, tensor<?xi32>)
      -> (tensor<1x?x8x64xf32>, tensor<?x8x64x64xf32>)
  return %o : tensor<1x?x8x64xf32>
}
