// RUN: gdn-opt %s --gdn-generalize --gdn-fuse-elementwise | FileCheck %s

#row = affine_map<(i, j) -> (i)>
#all = affine_map<(i, j) -> (i, j)>

// CHECK-LABEL: func @chain
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @chain(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = math.exp %a : tensor<4x8xf32>
  %1 = arith.addf %0, %b : tensor<4x8xf32>
  %2 = arith.mulf %1, %a : tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// Four exponentials stay four, they do not become 32.
// CHECK-LABEL: func @broadcast_of_exp
// CHECK: math.exp
// CHECK: linalg.yield
// CHECK: linalg.generic
func.func @broadcast_of_exp(%a: tensor<4xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = math.exp %a : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [#row, #all, #all], iterator_types = ["parallel", "parallel"]}
      ins(%0, %b : tensor<4xf32>, tensor<4x8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %z = arith.mulf %x, %y : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// A product keeps its form, whatever computes its sides.
// CHECK-LABEL: func @product
// CHECK: math.exp
// CHECK: iterator_types = ["parallel", "parallel", "reduction"]
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: arith.mulf %[[A]], %[[B]]
func.func @product(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>, %c: tensor<4x6xf32>) -> tensor<4x6xf32> {
  %0 = math.exp %a : tensor<4x8xf32>
  %1 = arith.addf %0, %0 : tensor<4x8xf32>
  %2 = linalg.matmul ins(%1, %b : tensor<4x8xf32>, tensor<8x6xf32>) outs(%c : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %2 : tensor<4x6xf32>
}
