// RUN: gdn-opt %s | FileCheck %s
// RUN: gdn-opt %s --mlir-print-op-generic | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --emit-bytecode | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --canonicalize --cse | FileCheck %s --check-prefix=PURE

// CHECK-LABEL: func @scan
// CHECK: gdn.chunk_scan %{{.*}} : tensor<16x8xf32>
// CHECK: gdn.chunk_scan %{{.*}} : tensor<16xf32>
func.func @scan(%channels: tensor<16x8xf32>, %heads: tensor<16xf32>)
    -> (tensor<16x8xf32>, tensor<16xf32>) {
  %0 = gdn.chunk_scan %channels : tensor<16x8xf32>
  %1 = gdn.chunk_scan %heads : tensor<16xf32>
  return %0, %1 : tensor<16x8xf32>, tensor<16xf32>
}

// Without `erase` there is no `erased`; a decay is per channel or per token.
// CHECK-LABEL: func @scores
// CHECK: %{{.*}}, %{{.*}} = gdn.chunk_scores %{{[a-z0-9]+}}, %{{[a-z0-9]+}} : (
// CHECK-SAME: -> (tensor<4x4xf32>, tensor<8x4xf32>)
// CHECK: %{{.*}}, %{{.*}} = gdn.chunk_scores {{.*}} decay(%{{.*}}) : ({{.*}}, tensor<4xf32>)
// CHECK: %{{.*}}, %{{.*}}, %{{.*}} = gdn.chunk_scores {{.*}} erase(%{{.*}}) : (
// CHECK-SAME: -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<8x4xf32>)
// CHECK: %{{.*}}, %{{.*}}, %{{.*}} = gdn.chunk_scores {{.*}} erase(%{{.*}}) decay(%{{.*}}) : (
func.func @scores(%q: tensor<4x8xf32>, %a: tensor<4xf32>)
    -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<8x4xf32>) {
  %s0, %t0 = gdn.chunk_scores %q, %q
      : (tensor<4x8xf32>, tensor<4x8xf32>) -> (tensor<4x4xf32>, tensor<8x4xf32>)
  %s1, %t1 = gdn.chunk_scores %q, %q decay(%a)
      : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> (tensor<4x4xf32>, tensor<8x4xf32>)
  %s2, %e2, %t2 = gdn.chunk_scores %q, %q erase(%q)
      : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
      -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<8x4xf32>)
  %s3, %e3, %t3 = gdn.chunk_scores %q, %q erase(%q) decay(%q)
      : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
      -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<8x4xf32>)
  return %s0, %s1, %e2, %t3 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<8x4xf32>
}

// CHECK-LABEL: func @solve
// CHECK: gdn.chunk_solve %{{.*}}, %{{.*}} : tensor<4x4xf32>, tensor<4x6xf32>
func.func @solve(%lower: tensor<4x4xf32>, %rhs: tensor<4x6xf32>) -> tensor<4x6xf32> {
  %0 = gdn.chunk_solve %lower, %rhs : tensor<4x4xf32>, tensor<4x6xf32>
  return %0 : tensor<4x6xf32>
}

// CHECK-LABEL: func @step
// CHECK: gdn.recurrent_step %{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %{{[a-z0-9]+}} :
// CHECK: gdn.recurrent_step {{.*}} decay(%{{.*}}) : ({{.*}}, tensor<1xf32>)
// CHECK: gdn.recurrent_step {{.*}} erase(%{{.*}}) :
// CHECK: gdn.recurrent_step {{.*}} decay(%{{.*}}) erase(%{{.*}}) :
func.func @step(%q: tensor<1x8xf32>, %v: tensor<1x6xf32>, %a: tensor<1xf32>,
                %s0: tensor<8x6xf32>) -> (tensor<1x6xf32>, tensor<8x6xf32>) {
  %o1, %s1 = gdn.recurrent_step %q, %q, %v, %s0
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  %o2, %s2 = gdn.recurrent_step %q, %q, %v, %s1 decay(%a)
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>, tensor<1xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  %o3, %s3 = gdn.recurrent_step %q, %q, %v, %s2 erase(%q)
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>, tensor<1x8xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  %o4, %s4 = gdn.recurrent_step %q, %q, %v, %s3 decay(%q) erase(%q)
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>, tensor<1x8xf32>,
         tensor<1x8xf32>) -> (tensor<1x6xf32>, tensor<8x6xf32>)
  return %o4, %s4 : tensor<1x6xf32>, tensor<8x6xf32>
}

// Chunk ops have no effects: equal ones are one, unused ones none.
// PURE-LABEL: func @pure
// PURE-COUNT-1: gdn.chunk_scan
// PURE-NOT: gdn.
// PURE: return
func.func @pure(%a: tensor<4x8xf32>, %l: tensor<4x4xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %0 = gdn.chunk_scan %a : tensor<4x8xf32>
  %1 = gdn.chunk_scan %a : tensor<4x8xf32>
  %2 = gdn.chunk_solve %l, %a : tensor<4x4xf32>, tensor<4x8xf32>
  return %0, %1 : tensor<4x8xf32>, tensor<4x8xf32>
}
