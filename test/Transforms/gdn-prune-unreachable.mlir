// RUN: gdn-opt %s --gdn-prune-unreachable | FileCheck %s

// Nothing follows a check that fails: results are placeholders.
// CHECK-LABEL: func @fails
// CHECK: cf.assert %false, "expects 1"
// CHECK-DAG: %[[F:.*]] = arith.constant 0.0
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[T:.*]] = tensor.empty(%[[ZERO]]) : tensor<4x?xf32>
// CHECK-NOT: cf.assert
// CHECK-NOT: check
// CHECK-NEXT: return %[[T]], %[[F]]
func.func @fails(%x: tensor<4x?xf32>, %i: index) -> (tensor<4x?xf32>, f32) {
  %false = arith.constant false
  cf.assert %false, "expects 1"
  %y = math.exp %x : tensor<4x?xf32>
  %f = tensor.extract %y[%i, %i] : tensor<4x?xf32>
  cf.assert %false, "expects 2"
  check.expect_equal %x, %y : tensor<4x?xf32>
  return %y, %f : tensor<4x?xf32>, f32
}

// What stands before the check, and what other checks guard, stays.
// CHECK-LABEL: func @may_fail
// CHECK: math.exp
// CHECK: cf.assert %{{.*}}, "expects 1"
// CHECK-NOT: tensor.empty
// CHECK: %[[Y:.*]] = math.exp
// CHECK: cf.assert %true, "expects 2"
// CHECK: return %[[Y]]
func.func @may_fail(%x: tensor<4x?xf32>, %holds: i1) -> tensor<4x?xf32> {
  %true = arith.constant true
  %0 = math.exp %x : tensor<4x?xf32>
  cf.assert %holds, "expects 1"
  %1 = math.exp %0 : tensor<4x?xf32>
  cf.assert %true, "expects 2"
  return %1 : tensor<4x?xf32>
}

// Only the branch of the check ends.
// CHECK-LABEL: func @branch
// CHECK: scf.if
// CHECK-NEXT: cf.assert
// CHECK-NOT: math
// CHECK: else
// CHECK-NEXT: math.exp
// CHECK: math.log
func.func @branch(%x: tensor<4xf32>, %first: i1) -> tensor<4xf32> {
  %false = arith.constant false
  %0 = scf.if %first -> tensor<4xf32> {
    cf.assert %false, "expects 1"
    %1 = math.sqrt %x : tensor<4xf32>
    scf.yield %1 : tensor<4xf32>
  } else {
    %1 = math.exp %x : tensor<4xf32>
    scf.yield %1 : tensor<4xf32>
  }
  %2 = math.log %0 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// The regions of a terminator, and later blocks, use values as well.
// CHECK-LABEL: func @regions_and_blocks
// CHECK: scf.forall
// CHECK-NEXT: cf.assert
// CHECK-NEXT: %[[ROW:.*]] = tensor.empty() : tensor<1xf32>
// CHECK-NEXT: scf.forall.in_parallel
// CHECK-NEXT: tensor.parallel_insert_slice %[[ROW]]
// CHECK: cf.assert
// CHECK-NEXT: %[[LATER:.*]] = tensor.empty() : tensor<4xf32>
// CHECK-NEXT: cf.br
// CHECK: return %[[LATER]]
func.func @regions_and_blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  %false = arith.constant false
  %0 = scf.forall (%i) in (4) shared_outs(%o = %x) -> tensor<4xf32> {
    cf.assert %false, "expects 1"
    %row = tensor.extract_slice %x[%i] [1] [1] : tensor<4xf32> to tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %row into %o[%i] [1] [1] : tensor<1xf32> into tensor<4xf32>
    }
  }
  cf.assert %false, "expects 2"
  %1 = math.exp %0 : tensor<4xf32>
  cf.br ^later
^later:
  return %1 : tensor<4xf32>
}

// A buffer has no placeholder.
// CHECK-LABEL: func @buffer
// CHECK: cf.assert
// CHECK: memref.subview
func.func @buffer(%x: memref<4xf32>) -> memref<2xf32, strided<[1]>> {
  %false = arith.constant false
  cf.assert %false, "expects 1"
  %0 = memref.subview %x[0] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1]>>
  return %0 : memref<2xf32, strided<[1]>>
}
