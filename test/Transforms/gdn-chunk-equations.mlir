// RUN: gdn-opt %s --gdn-chunk --canonicalize --cse | FileCheck %s
// RUN: gdn-opt %s --gdn-chunk=chunk-size=4 --canonicalize --cse | FileCheck %s --check-prefix=FOUR

// The chunked form says the equations of the paper in order.

!x = tensor<2x40x3x8xbf16>
!v = tensor<2x40x3x16xbf16>
!g = tensor<2x40x3x8xf32>
!s = tensor<2x3x8x16xf32>

// Gated DeltaNet-2: two chunks of 16 tokens and a rest of 8 tokens.
// CHECK-LABEL: func @gated_delta_net_2
// CHECK-SAME: %[[Q:[a-z0-9]+]]: tensor<2x40x3x8xbf16>, %[[K:[a-z0-9]+]]: tensor<2x40x3x8xbf16>,
// CHECK-SAME: %[[V:[a-z0-9]+]]: tensor<2x40x3x16xbf16>, %[[G:[a-z0-9]+]]: tensor<2x40x3x8xf32>,
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<2x40x3x8xbf16>, %[[W:[a-z0-9]+]]: tensor<2x40x3x16xbf16>, %[[S0:[a-z0-9]+]]: tensor<2x3x8x16xf32>)
// CHECK-NOT: cf.assert
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG: %[[C16:.*]] = arith.constant 16 : index
// CHECK-DAG: %[[C32:.*]] = arith.constant 32 : index
// CHECK-DAG: %[[C40:.*]] = arith.constant 40 : index
// CHECK-DAG: %[[SCALE:.*]] = arith.constant dense<5.000000e-01> : tensor<16x8xf32>
// CHECK: scf.forall (%[[N:.*]], %[[H:.*]]) in (2, 3)
// CHECK-SAME: shared_outs(%[[O:[a-z0-9]+]] = %{{.*}}, %[[S:[a-z0-9]+]] = %{{.*}})
// CHECK: %[[OUT:.*]] = tensor.extract_slice %[[O]][%[[N]], 0, %[[H]], 0] [1, 40, 1, 16]
// CHECK: %[[STATE:.*]] = tensor.extract_slice %[[S]][%[[N]], %[[H]], 0, 0] [1, 1, 8, 16]
// CHECK: %[[FROM:.*]] = tensor.extract_slice %[[S0]][%[[N]], %[[H]], 0, 0] [1, 1, 8, 16]
// CHECK: %[[INIT:.*]] = linalg.copy ins(%[[FROM]] : {{.*}}) outs(%[[STATE]]
//
// CHECK: %[[CHUNKS:.*]]:2 = scf.for %[[T:.*]] = %[[C0]] to %[[C32]] step %[[C16]]
// CHECK-SAME: iter_args(%[[O1:[a-z0-9]+]] = %[[OUT]], %[[S1:[a-z0-9]+]] = %[[INIT]]) -> (tensor<40x16xbf16>, tensor<8x16xf32>)
// CHECK: tensor.extract_slice %[[Q]][%[[N]], %[[T]], %[[H]], 0] [1, 16, 1, 8]
// CHECK: %[[QF:.*]] = arith.extf {{.*}} : tensor<16x8xbf16> to tensor<16x8xf32>
// CHECK: tensor.extract_slice %[[K]][%[[N]], %[[T]], %[[H]], 0] [1, 16, 1, 8]
// CHECK: %[[KF:.*]] = arith.extf
// CHECK: %[[QS:.*]] = arith.mulf %[[QF]], %[[SCALE]]
// CHECK: tensor.extract_slice %[[V]][%[[N]], %[[T]], %[[H]], 0] [1, 16, 1, 16]
// CHECK: %[[VF:.*]] = arith.extf
// CHECK: tensor.extract_slice %[[W]][
// CHECK: %[[WF:.*]] = arith.extf
// CHECK: %[[Z:.*]] = arith.mulf %[[WF]], %[[VF]]
// CHECK: %[[GS:.*]] = tensor.extract_slice %[[G]][
// CHECK: %[[A:.*]] = math.exp %[[GS]]
// CHECK: tensor.extract_slice %[[B]][
// CHECK: %[[BF:.*]] = arith.extf
// CHECK: %[[E:.*]] = arith.mulf %[[BF]], %[[KF]]
// CHECK: %[[GAMMA:.*]] = gdn.chunk_scan %[[A]]
// CHECK: %[[GQ:.*]] = arith.mulf %[[GAMMA]], %[[QS]]
// CHECK: %[[GE:.*]] = arith.mulf %[[GAMMA]], %[[E]]
// CHECK: %[[SCORES:[a-z0-9_]+]], %[[ERASED:[a-z0-9_]+]], %[[TAIL:[a-z0-9_]+]] = gdn.chunk_scores %[[QS]], %[[KF]] erase(%[[E]]) decay(%[[A]])
// CHECK: %[[READ:.*]] = linalg.matmul ins(%[[GE]], %[[S1]]
// CHECK: %[[RHS:.*]] = arith.subf %[[Z]], %[[READ]]
// CHECK: %[[R:.*]] = gdn.chunk_solve %[[ERASED]], %[[RHS]]
// CHECK: %[[FAR:.*]] = linalg.matmul ins(%[[GQ]], %[[S1]]
// A row meets what it and earlier rows wrote, nothing later.
// CHECK: %[[O2:[0-9]+]]:2 = scf.for %[[I:.*]] = {{.*}} iter_args(%[[SEEN:.*]] = %{{.*}}, %[[OI:.*]] = %[[FAR]])
// CHECK: %[[RI:.*]] = tensor.extract_slice %[[R]][%[[I]], 0] [1, 16]
// CHECK: %[[UPTO:.*]] = tensor.insert_slice %[[RI]] into %[[SEEN]][%[[I]], 0]
// CHECK-DAG: %[[SI:.*]] = tensor.extract_slice %[[SCORES]][%[[I]], 0] [1, 16]
// CHECK-DAG: %[[FARI:.*]] = tensor.extract_slice %[[OI]][%[[I]], 0] [1, 16]
// CHECK: %[[ROW:.*]] = linalg.matmul ins(%[[SI]], %[[UPTO]] : {{.*}}) outs(%[[FARI]]
// CHECK: tensor.insert_slice %[[ROW]] into %[[OI]][%[[I]], 0]
// CHECK: %[[LAST:.*]] = tensor.extract_slice %[[GAMMA]][15, 0] [1, 8] [1, 1]
// CHECK: %[[DECAYED:.*]] = linalg.generic {{.*}} ins(%[[LAST]] : tensor<8xf32>) outs(%[[S1]] :
// CHECK: %[[S2:.*]] = linalg.matmul ins(%[[TAIL]], %[[R]] : {{.*}}) outs(%[[DECAYED]]
// CHECK: %[[ROUNDED:.*]] = arith.truncf %[[O2]]#1 : tensor<16x16xf32> to tensor<16x16xbf16>
// CHECK: %[[O3:.*]] = tensor.insert_slice %[[ROUNDED]] into %[[O1]][%[[T]], 0] [16, 16]
// CHECK: scf.yield %[[O3]], %[[S2]]
//
// CHECK: %[[ALL:.*]]:2 = scf.for %[[T:.*]] = %[[C32]] to %[[C40]] step %[[C1]]
// CHECK-SAME: iter_args(%[[O1:[a-z0-9]+]] = %[[CHUNKS]]#0, %[[S1:[a-z0-9]+]] = %[[CHUNKS]]#1)
// CHECK: tensor.extract_slice %[[Q]][%[[N]], %[[T]], %[[H]], 0] [1, 1, 1, 8]
// CHECK: %[[ROW:.*]], %[[S2:.*]] = gdn.recurrent_step %{{.*}}, %{{.*}}, %{{.*}}, %[[S1]] decay(%{{.*}}) erase(%{{.*}})
// CHECK: scf.yield %{{.*}}, %[[S2]]
//
// CHECK: scf.forall.in_parallel
// CHECK-NEXT: tensor.parallel_insert_slice %[[ALL]]#0 into %[[O]][%[[N]], 0, %[[H]], 0] [1, 40, 1, 16]
// CHECK-NEXT: tensor.parallel_insert_slice %[[ALL]]#1 into %[[S]][%[[N]], %[[H]], 0, 0] [1, 1, 8, 16]
// CHECK-NOT: gdn.delta_rule

// A chunk size that divides T leaves no rest.
// FOUR-LABEL: func @gated_delta_net_2
// FOUR-DAG: %[[C4:.*]] = arith.constant 4 : index
// FOUR-DAG: %[[C40:.*]] = arith.constant 40 : index
// FOUR: scf.for %{{.*}} = %{{.*}} to %[[C40]] step %[[C4]]
// FOUR: gdn.chunk_scores {{.*}} -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<8x4xf32>)
// FOUR-NOT: gdn.recurrent_step
// FOUR: return
func.func @gated_delta_net_2(%q: !x, %k: !x, %v: !v, %g: !g, %b: !x, %w: !v, %s0: !s)
    -> (!v, !s) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0)
      {scale = 0.5 : f32} : (!x, !x, !v, !g, !x, !v, !s) -> (!v, !s)
  return %o, %s : !v, !s
}
