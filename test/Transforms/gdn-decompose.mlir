// RUN: gdn-opt %s --gdn-decompose | FileCheck %s

// CHECK-NOT: gdn.

// Each row is the row before it times its own.
// CHECK-LABEL: func @scan
// CHECK: scf.for
// CHECK: arith.mulf {{.*}} : tensor<1x64xf32>
// CHECK: tensor.insert_slice
func.func @scan(%a: tensor<16x64xf32>) -> tensor<16x64xf32> {
  %gamma = gdn.chunk_scan %a : tensor<16x64xf32>
  return %gamma : tensor<16x64xf32>
}

// Earlier keys are decayed once a row, before the row's products; what is not causal is masked.
// CHECK-LABEL: func @scores
// CHECK: linalg.transpose
// CHECK: scf.for
// CHECK: arith.cmpi ult
// CHECK: linalg.matmul {{.*}} -> tensor<1x16xf32>
// CHECK: arith.cmpi ule
func.func @scores(%q: tensor<16x64xf32>, %a: tensor<16xf32>) -> (tensor<16x16xf32>, tensor<64x16xf32>) {
  %scores, %tail = gdn.chunk_scores %q, %q decay(%a)
      : (tensor<16x64xf32>, tensor<16x64xf32>, tensor<16xf32>) -> (tensor<16x16xf32>, tensor<64x16xf32>)
  return %scores, %tail : tensor<16x16xf32>, tensor<64x16xf32>
}

// Without decay there is nothing to sweep.
// CHECK-LABEL: func @scores_without_decay
// CHECK-NOT: scf.for
// CHECK: linalg.matmul {{.*}} -> tensor<16x16xf32>
// CHECK-NOT: scf.for
// CHECK: return
func.func @scores_without_decay(%q: tensor<16x64xf32>) -> tensor<16x16xf32> {
  %scores, %tail = gdn.chunk_scores %q, %q
      : (tensor<16x64xf32>, tensor<16x64xf32>) -> (tensor<16x16xf32>, tensor<64x16xf32>)
  return %scores : tensor<16x16xf32>
}

// Rows that are not solved yet are zero.
// CHECK-LABEL: func @solve
// CHECK: arith.negf
// CHECK: %[[ZERO:.*]] = linalg.fill
// CHECK: scf.for {{.*}} iter_args({{.*}} = %[[ZERO]])
// CHECK: linalg.matmul {{.*}} -> tensor<1x64xf32>
func.func @solve(%t: tensor<16x16xf32>, %x: tensor<16x64xf32>) -> tensor<16x64xf32> {
  %r = gdn.chunk_solve %t, %x : tensor<16x16xf32>, tensor<16x64xf32>
  return %r : tensor<16x64xf32>
}

// CHECK-LABEL: func @step
// CHECK: linalg.generic
// CHECK: linalg.matmul
// CHECK: arith.subf
// CHECK: linalg.generic
// CHECK: linalg.matmul
func.func @step(%k: tensor<1x64xf32>, %v: tensor<1x32xf32>, %s: tensor<64x32xf32>)
    -> (tensor<1x32xf32>, tensor<64x32xf32>) {
  %o, %s1 = gdn.recurrent_step %k, %k, %v, %s decay(%k) erase(%k)
      : (tensor<1x64xf32>, tensor<1x64xf32>, tensor<1x32xf32>, tensor<64x32xf32>, tensor<1x64xf32>,
         tensor<1x64xf32>) -> (tensor<1x32xf32>, tensor<64x32xf32>)
  return %o, %s1 : tensor<1x32xf32>, tensor<64x32xf32>
}
