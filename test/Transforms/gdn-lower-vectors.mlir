// RUN: gdn-opt %s --gdn-lower-vectors | FileCheck %s

#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#c = affine_map<(i, j, k) -> (i, j)>

// Two steps of the sum for two rows are four operations, in the order of the sum.
// CHECK-LABEL: func @product
// CHECK-NOT: vector.contract
// CHECK: %[[FIRST:.*]] = vector.fma %{{.*}}, %{{.*}}, %{{.*}} : vector<16xf32>
// CHECK-COUNT-3: vector.fma {{.*}} : vector<16xf32>
// CHECK-NOT: vector.fma
// CHECK: return
func.func @product(%a: vector<2x2xf32>, %b: vector<2x16xf32>, %c: vector<2x16xf32>) -> vector<2x16xf32> {
  %r = vector.contract {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      %a, %b, %c : vector<2x2xf32>, vector<2x16xf32> into vector<2x16xf32>
  return %r : vector<2x16xf32>
}

// CHECK-LABEL: func @rows
// CHECK-NOT: vector.transfer_read
// CHECK-COUNT-4: vector.load {{.*}} : memref<8x32xf32>, vector<32xf32>
// CHECK: return
func.func @rows(%m: memref<8x32xf32>, %i: index) -> vector<4x32xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %r = vector.transfer_read %m[%i, %c0], %zero {in_bounds = [true, true]} : memref<8x32xf32>, vector<4x32xf32>
  return %r : vector<4x32xf32>
}

// CHECK-LABEL: func @sum
// CHECK-NOT: vector.multi_reduction
// CHECK: vector.reduction <add>
func.func @sum(%v: vector<64xf32>, %s: f32) -> f32 {
  %r = vector.multi_reduction <add>, %v, %s [0] : vector<64xf32> to f32
  return %r : f32
}
