// RUN: gdn-opt %s --gdn-tile-for-cpu --gdn-vectorize --canonicalize --cse --split-input-file | FileCheck %s

// The accumulators enter and leave the sum in vectors.
// CHECK-LABEL: func @product
// CHECK-NOT: linalg
// CHECK: %[[C:.*]] = vector.transfer_read {{.*}}vector<8x32xf32>
// CHECK: scf.for {{.*}} iter_args(%[[ACC:.*]] = %[[C]]) -> (vector<8x32xf32>)
// CHECK-NEXT: vector.transfer_read
// CHECK-NEXT: vector.transfer_read
// CHECK-NEXT: vector.contract {{.*}} %[[ACC]]
// CHECK-NEXT: scf.yield
// CHECK: vector.transfer_write
func.func @product(%a: tensor<16x128xf32>, %b: tensor<128x128xf32>, %c: tensor<16x128xf32>)
    -> tensor<16x128xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<16x128xf32>, tensor<128x128xf32>)
      outs(%c : tensor<16x128xf32>) -> tensor<16x128xf32>
  return %r : tensor<16x128xf32>
}

// -----

// 16-bit operands are extended in the product.
// CHECK-LABEL: func @mixed_product
// CHECK-NOT: linalg
// CHECK: vector.contract {{.*}} : vector<8x1xbf16>, vector<1x32xbf16> into vector<8x32xf32>
func.func @mixed_product(%a: tensor<8x16xbf16>, %b: tensor<16x32xbf16>, %c: tensor<8x32xf32>) -> tensor<8x32xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<8x16xbf16>, tensor<16x32xbf16>)
      outs(%c : tensor<8x32xf32>) -> tensor<8x32xf32>
  return %r : tensor<8x32xf32>
}

// -----

// CHECK-LABEL: func @row_sum
// CHECK-NOT: linalg
// CHECK: vector.multi_reduction <add>, {{.*}} : vector<128xf32> to f32
func.func @row_sum(%a: tensor<4x256xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
  %r = linalg.reduce ins(%a : tensor<4x256xf32>) outs(%c : tensor<4xf32>) dimensions = [1]
    (%x: f32, %sum: f32) {
      %y = arith.addf %x, %sum : f32
      linalg.yield %y : f32
    }
  return %r : tensor<4xf32>
}

// -----

// Booleans are packed in vectors but not in memory: they stay scalar.
// CHECK-LABEL: func @booleans
// CHECK-NOT: vector<{{.*}}xi1>
// CHECK: linalg.generic
#id = affine_map<(i) -> (i)>
func.func @booleans(%a: tensor<64xf32>, %out: tensor<64xi1>) -> tensor<64xi1> {
  %zero = arith.constant 0.0 : f32
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : tensor<64xf32>) outs(%out : tensor<64xi1>) {
  ^bb0(%x: f32, %o: i1):
    %y = arith.cmpf ogt, %x, %zero : f32
    linalg.yield %y : i1
  } -> tensor<64xi1>
  return %r : tensor<64xi1>
}
