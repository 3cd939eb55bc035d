// RUN: gdn-opt %s --gdn-lower-to-loops --canonicalize --cse | FileCheck %s

!x = tensor<1x3x2x8xf32>
!v = tensor<1x3x4x6xf32>
!s = tensor<1x4x8x6xf32>

// The definition, in its order: decay, read, write, output.
// CHECK-LABEL: func @definition
// CHECK-SAME: %[[Q:[a-z0-9]+]]: tensor<1x3x2x8xf32>, %[[K:[a-z0-9]+]]: tensor<1x3x2x8xf32>,
// CHECK-SAME: %[[V:[a-z0-9]+]]: tensor<1x3x4x6xf32>, %[[G:[a-z0-9]+]]: tensor<1x3x2xf32>,
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<1x3x4x8xf32>, %[[W:[a-z0-9]+]]: tensor<1x3x4x6xf32>)
// CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
// CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
// CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
// CHECK-DAG: %[[SCALE:.*]] = arith.constant 5.000000e-01 : f64
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f64
// CHECK: %[[S0:.*]] = linalg.fill ins(%[[ZERO]] : f64) {{.*}} -> tensor<1x4x8x6xf64>
// CHECK: scf.for %[[HV:.*]] = {{.*}} to %[[C4]]
// CHECK: scf.for %[[T:.*]] = {{.*}} to %[[C3]]
// CHECK: %[[H:.*]] = arith.divui %[[HV]], %[[C2]]
//
// decay
// CHECK: %[[DECAYED:.*]] = scf.for
// CHECK: tensor.extract %[[G]][%{{.*}}, %[[T]], %[[H]]]
// CHECK: math.exp {{.*}} : f64
// CHECK: arith.mulf
// CHECK: tensor.insert {{.*}} : tensor<1x4x8x6xf64>
//
// read
// CHECK: %[[ERASED:.*]] = scf.for {{.*}} -> (tensor<6xf64>)
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[ZERO]]) -> (f64)
// CHECK: tensor.extract %[[DECAYED]][
// CHECK: tensor.extract %[[B]][%{{.*}}, %[[T]], %[[HV]], %{{.*}}]
// CHECK: tensor.extract %[[K]][%{{.*}}, %[[T]], %[[H]], %{{.*}}]
// CHECK: arith.addf {{.*}} : f64
//
// write
// CHECK: %[[WRITTEN:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[DECAYED]])
// CHECK: tensor.extract %[[V]][%{{.*}}, %[[T]], %[[HV]], %{{.*}}]
// CHECK: tensor.extract %[[W]][%{{.*}}, %[[T]], %[[HV]], %{{.*}}]
// CHECK: %[[R:.*]] = tensor.extract %[[ERASED]][
// CHECK: arith.subf %{{.*}}, %[[R]] : f64
// CHECK: tensor.extract %[[K]][%{{.*}}, %[[T]], %[[H]], %{{.*}}]
// CHECK: arith.addf {{.*}} : f64
//
// output
// CHECK: scf.for
// CHECK: tensor.extract %[[WRITTEN]][
// CHECK: tensor.extract %[[Q]][%{{.*}}, %[[T]], %[[H]], %{{.*}}]
// CHECK: arith.mulf %{{.*}}, %[[SCALE]] : f64
// CHECK: tensor.insert {{.*}}, %[[T]], %[[HV]], %{{.*}}] : tensor<1x3x4x6xf64>
// CHECK: scf.yield
//
// CHECK: arith.truncf {{.*}} : tensor<1x3x4x6xf64> to tensor<1x3x4x6xf32>
// CHECK: arith.truncf {{.*}} : tensor<1x4x8x6xf64> to tensor<1x4x8x6xf32>
func.func @definition(%q: !x, %k: !x, %v: !v, %g: tensor<1x3x2xf32>, %b: tensor<1x3x4x8xf32>,
                      %w: !v) -> (!v, !s) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) {scale = 0.5 : f32}
      : (!x, !x, !v, tensor<1x3x2xf32>, tensor<1x3x4x8xf32>, !v) -> (!v, !s)
  return %o, %s : !v, !s
}

// Nothing decays, nothing is read back. No arithmetic is below f64.
// CHECK-LABEL: func @linear_attention
// CHECK-NOT: math.exp
// CHECK-NOT: arith.subf
// CHECK-NOT: {{(add|mul|div)f .*}} : {{b?f(16|32)$}}
// CHECK: return
func.func @linear_attention(%x: tensor<1x3x4x6xbf16>) -> tensor<1x3x4x6xbf16> {
  %o, %s = gdn.delta_rule %x, %x, %x
      : (tensor<1x3x4x6xbf16>, tensor<1x3x4x6xbf16>, tensor<1x3x4x6xbf16>)
      -> (tensor<1x3x4x6xbf16>, tensor<1x4x6x6xf32>)
  return %o : tensor<1x3x4x6xbf16>
}

// Every sequence has its own bounds and state; what runs is checked first.
// CHECK-LABEL: func @segments
// CHECK-SAME: %{{.*}}: tensor<1x?x1x4xf32>, %[[S0:[a-z0-9]+]]: tensor<?x1x4x4xf32>, %[[CU:[a-z0-9]+]]: tensor<3xi32>)
// CHECK: cf.assert %{{.*}}, "expects 'cu_seqlens' to start with 0"
// CHECK: cf.assert %{{.*}}, "expects 'cu_seqlens' not to decrease"
// CHECK: cf.assert %{{.*}}, "expects 'cu_seqlens' to end with T"
// CHECK: cf.assert %{{.*}}, "expects 'initial_state' to have one entry for each sequence"
// CHECK: tensor.extract %[[S0]]
// CHECK: tensor.extract %[[CU]][%[[N:.*]]]
// CHECK: %[[NEXT:.*]] = arith.addi %[[N]], %{{.*}}
// CHECK: tensor.extract %[[CU]][%[[NEXT]]]
func.func @segments(%x: tensor<1x?x1x4xf32>, %s0: tensor<?x1x4x4xf32>, %cu: tensor<3xi32>)
    -> (tensor<1x?x1x4xf32>, tensor<2x1x4x4xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0) segments(%cu)
      : (tensor<1x?x1x4xf32>, tensor<1x?x1x4xf32>, tensor<1x?x1x4xf32>, tensor<?x1x4x4xf32>,
         tensor<3xi32>) -> (tensor<1x?x1x4xf32>, tensor<2x1x4x4xf32>)
  return %o, %s : tensor<1x?x1x4xf32>, tensor<2x1x4x4xf32>
}
