// RUN: gdn-opt %s --gdn-chunk --canonicalize --cse | FileCheck %s

!x = tensor<1x32x2x4xf32>

// Linear attention: nothing decays, nothing is erased, nothing is solved.
// CHECK-LABEL: func @linear_attention
// CHECK-NOT: math.exp
// CHECK-NOT: gdn.chunk_scan
// CHECK-NOT: gdn.chunk_solve
// CHECK: %[[SCORES:[a-z]+]], %[[TAIL:[a-z]+]] = gdn.chunk_scores %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}} :
// CHECK: tensor.extract_slice %[[SCORES]][%{{.*}}, 0] [1, 16]
// CHECK: linalg.matmul ins(%[[TAIL]], %{{[a-z0-9_]+}} : {{.*}}) outs(%{{arg[0-9]+}} :
func.func @linear_attention(%x: !x) -> (!x, tensor<1x2x4x4xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x : (!x, !x, !x) -> (!x, tensor<1x2x4x4xf32>)
  return %o, %s : !x, tensor<1x2x4x4xf32>
}

// A gate per head is a vector: one factor for each token.
// CHECK-LABEL: func @head_gates
// CHECK-SAME: %[[X:[a-z0-9]+]]: {{.*}}, %[[G:[a-z0-9]+]]: tensor<1x32x2xf32>)
// CHECK: %[[GS:.*]] = tensor.extract_slice %[[G]][{{.*}}] [1, 16, 1] [1, 1, 1] : tensor<1x32x2xf32> to tensor<16xf32>
// CHECK: linalg.broadcast ins(%[[GS]] : tensor<16xf32>) {{.*}} dimensions = [1]
// CHECK: %[[A:.*]] = math.exp %[[GS]] : tensor<16xf32>
// CHECK: gdn.chunk_scan %[[A]] : tensor<16xf32>
// CHECK: gdn.chunk_scores {{.*}} decay(%[[A]]) : ({{.*}}, tensor<16xf32>)
// CHECK: tensor.extract_slice %{{.*}}[15] [1] [1] : tensor<16xf32> to tensor<1xf32>
func.func @head_gates(%x: !x, %g: tensor<1x32x2xf32>) -> (!x, tensor<1x2x4x4xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%g) write(%g)
      : (!x, !x, !x, tensor<1x32x2xf32>, tensor<1x32x2xf32>, tensor<1x32x2xf32>)
      -> (!x, tensor<1x2x4x4xf32>)
  return %o, %s : !x, tensor<1x2x4x4xf32>
}

// Three value heads share a key head; gates have the heads of either.
// CHECK-LABEL: func @grouped_values
// CHECK-SAME: %[[Q:[a-z0-9]+]]: tensor<1x32x2x4xf32>, %[[V:[a-z0-9]+]]: {{.*}}, %[[G:[a-z0-9]+]]: tensor<1x32x2xf32>,
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<1x32x6xf32>, %[[W:[a-z0-9]+]]: tensor<1x32x6xf32>)
// CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
// CHECK: scf.forall (%[[HV:.*]]) in (6)
// CHECK: %[[H:.*]] = arith.divui %[[HV]], %[[C3]]
// CHECK: tensor.extract_slice %[[Q]][{{.*}}, {{.*}}, %[[H]], 0]
// CHECK: tensor.extract_slice %[[V]][{{.*}}, {{.*}}, %[[HV]], {{.*}}]
// CHECK: tensor.extract_slice %[[W]][{{.*}}, {{.*}}, %[[HV]]]
// CHECK: tensor.extract_slice %[[G]][{{.*}}, {{.*}}, %[[H]]]
// CHECK: tensor.extract_slice %[[B]][{{.*}}, {{.*}}, %[[HV]]]
func.func @grouped_values(%q: !x, %v: tensor<1x32x6x4xf32>, %g: tensor<1x32x2xf32>,
                          %b: tensor<1x32x6xf32>, %w: tensor<1x32x6xf32>)
    -> (tensor<1x32x6x4xf32>, tensor<1x6x4x4xf32>) {
  %o, %s = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) write(%w)
      : (!x, !x, tensor<1x32x6x4xf32>, tensor<1x32x2xf32>, tensor<1x32x6xf32>,
         tensor<1x32x6xf32>) -> (tensor<1x32x6x4xf32>, tensor<1x6x4x4xf32>)
  return %o, %s : tensor<1x32x6x4xf32>, tensor<1x6x4x4xf32>
}

// Queries and keys are normalised before the scale: once for q, once for k.
// CHECK-LABEL: func @normalized
// CHECK-SAME: %[[X:.*]]: tensor<1x32x2x4xf32>)
// CHECK-DAG: %[[EPS:.*]] = arith.constant dense<9.99999997E-7> : tensor<16xf32>
// CHECK: linalg.reduce
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %[[EPS]]
// CHECK: math.sqrt %[[SUM]] : tensor<16xf32>
// CHECK: gdn.chunk_scores
func.func @normalized(%x: !x) -> (!x, tensor<1x2x4x4xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x {qk_l2norm, scale = 1.0 : f32}
      : (!x, !x, !x) -> (!x, tensor<1x2x4x4xf32>)
  return %o, %s : !x, tensor<1x2x4x4xf32>
}

// The default scale is 1/sqrt(K).
// CHECK-LABEL: func @default_scale
// CHECK-DAG: arith.constant dense<5.000000e-01> : tensor<16x4xf32>
// CHECK: arith.mulf %{{.*}}, %{{.*}} : tensor<16x4xf32>
func.func @default_scale(%x: !x) -> !x {
  %o, %s = gdn.delta_rule %x, %x, %x : (!x, !x, !x) -> (!x, tensor<1x2x4x4xf32>)
  return %o : !x
}

// With T unknown, whole chunks end at T / 16 * 16, and single tokens at T.
// CHECK-LABEL: func @dynamic_tokens
// CHECK-SAME: %[[Q:[a-z0-9]+]]: tensor<?x?x2x4xf32>, %[[V:[a-z0-9]+]]: tensor<2x?x2x4xf32>)
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG: %[[C16:.*]] = arith.constant 16 : index
// CHECK: cf.assert %{{.*}}, "expects 'value' and 'query' to agree in B"
// CHECK: %[[T:.*]] = tensor.dim %[[Q]], %[[C1]]
// CHECK: cf.assert %{{.*}}, "expects 'value' and 'query' to agree in T"
// CHECK: scf.forall
// CHECK: %[[COUNT:.*]] = arith.divui %[[T]], %[[C16]]
// CHECK: %[[END:.*]] = arith.muli %[[COUNT]], %[[C16]]
// CHECK: scf.for %{{.*}} = %[[C0]] to %[[END]] step %[[C16]]
// CHECK: scf.for %{{.*}} = %[[END]] to %[[T]] step %[[C1]]
func.func @dynamic_tokens(%q: tensor<?x?x2x4xf32>, %v: tensor<2x?x2x4xf32>)
    -> tensor<2x?x2x4xf32> {
  %o, %s = gdn.delta_rule %q, %q, %v
      : (tensor<?x?x2x4xf32>, tensor<?x?x2x4xf32>, tensor<2x?x2x4xf32>)
      -> (tensor<2x?x2x4xf32>, tensor<?x2x4x4xf32>)
  return %o : tensor<2x?x2x4xf32>
}

// Rules inside regions and rules fed by rules are all rewritten.
// CHECK-LABEL: func @rules_of_rules
// CHECK-NOT: gdn.delta_rule
// CHECK-COUNT-2: scf.forall (
// CHECK: scf.if
// CHECK: scf.forall (
// CHECK-NOT: gdn.delta_rule
func.func @rules_of_rules(%x: !x, %again: i1) -> !x {
  %o, %s = gdn.delta_rule %x, %x, %x : (!x, !x, !x) -> (!x, tensor<1x2x4x4xf32>)
  %o1, %s1 = gdn.delta_rule %x, %o, %x state(%s)
      : (!x, !x, !x, tensor<1x2x4x4xf32>) -> (!x, tensor<1x2x4x4xf32>)
  %r = scf.if %again -> !x {
    %o2, %s2 = gdn.delta_rule %o1, %x, %x state(%s1)
        : (!x, !x, !x, tensor<1x2x4x4xf32>) -> (!x, tensor<1x2x4x4xf32>)
    scf.yield %o2 : !x
  } else {
    scf.yield %o1 : !x
  }
  return %r : !x
}
