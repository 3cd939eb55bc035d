// RUN: gdn-opt %s --gdn-tile-for-cpu --canonicalize --cse --split-input-file | FileCheck %s

// Small products stay on one thread.
// CHECK-LABEL: func @chunk_product
// CHECK-NOT: scf.forall
// CHECK: scf.for %{{.*}} = %c0 to %c128 step %c32
// CHECK: scf.for %{{.*}} = %c0 to %c16 step %c8
// CHECK: scf.for %{{.*}} = %c0 to %c128 step %c1
// CHECK: linalg.matmul ins(%{{.*}} : tensor<8x1xf32>, tensor<1x32xf32>) outs(%{{.*}} : tensor<8x32xf32>)
func.func @chunk_product(%a: tensor<16x128xf32>, %b: tensor<128x128xf32>, %c: tensor<16x128xf32>)
    -> tensor<16x128xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<16x128xf32>, tensor<128x128xf32>)
      outs(%c : tensor<16x128xf32>) -> tensor<16x128xf32>
  return %r : tensor<16x128xf32>
}

// -----

// Columns in tasks of 256, rows in tasks of 64, sums in blocks of 256; each task
// fills its own part. The last 64 columns and the last rows have tiles of their own.
// CHECK-LABEL: func @layer_product
// CHECK: scf.forall {{.*}} to (6144, %{{.*}}) step (256, 64)
// CHECK: linalg.fill
// CHECK: scf.for %{{.*}} = %c0 to %c2304 step %c256
// CHECK: outs(%{{.*}} : tensor<8x32xf32>)
// CHECK: ins(%{{.*}} : tensor<1x8xf32>, tensor<8x64xf32>) outs(%{{.*}} : tensor<1x64xf32>)
// CHECK: scf.forall {{.*}} to (%{{.*}}) step (64)
// CHECK: tensor.extract_slice %{{.*}}6144] [{{.*}}, 64]
// CHECK: linalg.fill
func.func @layer_product(%a: tensor<?x2304xf32>, %b: tensor<2304x6208xf32>) -> tensor<?x6208xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %rows = tensor.dim %a, %c0 : tensor<?x2304xf32>
  %empty = tensor.empty(%rows) : tensor<?x6208xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x6208xf32>) -> tensor<?x6208xf32>
  %r = linalg.matmul ins(%a, %b : tensor<?x2304xf32>, tensor<2304x6208xf32>)
      outs(%init : tensor<?x6208xf32>) -> tensor<?x6208xf32>
  return %r : tensor<?x6208xf32>
}

// -----

// 40 columns are 32 and 8, 7 rows are seven rows.
// CHECK-LABEL: func @odd_product
// CHECK: scf.for %{{.*}} = %c0 to %c7 step %c1
// CHECK: ins(%{{.*}} : tensor<1x8xf32>, tensor<8x32xf32>) outs(%{{.*}} : tensor<1x32xf32>)
// CHECK: ins(%{{.*}} : tensor<1x8xf32>, tensor<8x8xf32>) outs(%{{.*}} : tensor<1x8xf32>)
func.func @odd_product(%a: tensor<7x24xf32>, %b: tensor<24x40xf32>, %c: tensor<7x40xf32>) -> tensor<7x40xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<7x24xf32>, tensor<24x40xf32>) outs(%c : tensor<7x40xf32>) -> tensor<7x40xf32>
  return %r : tensor<7x40xf32>
}

// -----

// CHECK-LABEL: func @elementwise
// CHECK: scf.forall {{.*}} step (163)
// CHECK: scf.for %{{.*}} step %c1
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<1x64xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<1x32xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<1x4xf32>)
#id = affine_map<(i, j) -> (i, j)>
func.func @elementwise(%a: tensor<?x100xf32>, %out: tensor<?x100xf32>) -> tensor<?x100xf32> {
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<?x100xf32>) outs(%out : tensor<?x100xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = math.exp %x : f32
    linalg.yield %y : f32
  } -> tensor<?x100xf32>
  return %r : tensor<?x100xf32>
}

// -----

// A dynamic innermost loop ends in single elements.
// CHECK-LABEL: func @dynamic_row
// CHECK: scf.for {{.*}} step %c64
// CHECK: linalg.transpose ins(%{{.*}} : tensor<16x16xf32>)
// CHECK-NOT: tensor<?x?xf32>) permutation
// CHECK: return
func.func @dynamic_row(%a: tensor<?x?xf32>, %out: tensor<?x?xf32>, %b: tensor<?xf32>, %s: tensor<?xf32>)
    -> (tensor<?xf32>, tensor<?x?xf32>) {
  %n = linalg.negf ins(%b : tensor<?xf32>) outs(%s : tensor<?xf32>) -> tensor<?xf32>
  %t = linalg.transpose ins(%a : tensor<?x?xf32>) outs(%out : tensor<?x?xf32>) permutation = [1, 0]
  return %n, %t : tensor<?xf32>, tensor<?x?xf32>
}
