// RUN: gdn-opt %s --convert-check-to-runtime --split-input-file --verify-diagnostics | FileCheck %s

// Strings and declarations are made once.
// CHECK-DAG: llvm.mlir.global internal constant @[[SIZES:.*]]("expects equal sizes\00")
// CHECK-DAG: llvm.mlir.global internal constant @[[CLOSE:.*]]("{{.*}}convert-check-to-runtime.mlir:[[@LINE+32]]:3\00")
// CHECK-DAG: llvm.func @gdn_check_expect_close(i64, !llvm.ptr, i64, !llvm.ptr, i32, f64, f64, !llvm.ptr)
// CHECK-DAG: llvm.func @gdn_check_expect_equal(i64, !llvm.ptr, i64, !llvm.ptr, i32, !llvm.ptr)
// CHECK-DAG: llvm.func @gdn_runtime_fail(!llvm.ptr)

// CHECK-LABEL: func.func @asserts
// CHECK-NOT: cf.assert
// CHECK: %[[FAILED:.*]] = arith.xori %{{.*}}, %true
// CHECK: scf.if %[[FAILED]] {
// CHECK-NEXT: %[[TEXT:.*]] = llvm.mlir.addressof @[[SIZES]]
// CHECK-NEXT: llvm.call @gdn_runtime_fail(%[[TEXT]])
// CHECK-NEXT: }
// CHECK: scf.if
// CHECK-NEXT: llvm.mlir.addressof @[[SIZES]]
func.func @asserts(%a: i1, %b: i1) {
  cf.assert %a, "expects equal sizes"
  cf.assert %b, "expects equal sizes"
  return
}

// CHECK-LABEL: func.func @checks
// CHECK-SAME: %[[A:.*]]: memref<?x2xbf16, strided<[?, ?], offset: ?>>, %[[B:.*]]: memref<3xi64>
// CHECK: %[[CAST:.*]] = memref.cast %[[A]] : {{.*}} to memref<*xbf16>
// CHECK: %[[DESC:.*]] = builtin.unrealized_conversion_cast %[[CAST]] : memref<*xbf16> to !llvm.struct<(i64, ptr)>
// CHECK: %[[RANK:.*]] = llvm.extractvalue %[[DESC]][0]
// CHECK: %[[POINTER:.*]] = llvm.extractvalue %[[DESC]][1]
// CHECK: %[[BF16:.*]] = arith.constant 4 : i32
// CHECK: %[[ATOL:.*]] = arith.constant 5.000000e-01 : f64
// CHECK: %[[RTOL:.*]] = arith.constant 2.500000e-01 : f64
// CHECK: %[[WHERE:.*]] = llvm.mlir.addressof @[[CLOSE]]
// CHECK: llvm.call @gdn_check_expect_close(%[[RANK]], %[[POINTER]], %{{.*}}, %{{.*}}, %[[BF16]], %[[ATOL]], %[[RTOL]], %[[WHERE]])
func.func @checks(%a: memref<?x2xbf16, strided<[?, ?], offset: ?>>, %b: memref<3xi64>) {
  check.expect_close %a, %a {atol = 0.5 : f32, rtol = 0.25 : f32} : memref<?x2xbf16, strided<[?, ?], offset: ?>>
  // CHECK: %[[I64:.*]] = arith.constant 5 : i32
  // CHECK: llvm.call @gdn_check_expect_equal(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[I64]], %{{.*}})
  // CHECK-NOT: check.
  check.expect_equal %b, %b : memref<3xi64>
  return
}

// -----

// A declaration that is there already is used, however often it is called.
// CHECK-LABEL: llvm.func @gdn_runtime_fail(!llvm.ptr)
// CHECK-NOT: @gdn_runtime_fail_
llvm.func @gdn_runtime_fail(!llvm.ptr)
func.func @declared(%a: i1, %b: i1) {
  cf.assert %a, "expects equal sizes"
  cf.assert %b, "expects equal sizes"
  return
}

// -----

// expected-error @below {{expects the name of a function not to begin with 'gdn_', but got 'gdn_runtime_fail'}}
func.func @gdn_runtime_fail() {
  return
}

// -----

func.func @tensors(%a: tensor<3xf32>) {
  // expected-error @below {{'check.expect_equal' op expects buffers; run one-shot-bufferize first}}
  check.expect_equal %a, %a : tensor<3xf32>
  return
}
