// REQUIRES: jit
// Without --entry and 'main', functions without arguments are tests; a failed one does not keep others from running.
// RUN: not gdn-run %s 2>&1 | FileCheck %s
// RUN: not gdn-run %s --target=reference 2>&1 | FileCheck %s
// RUN: gdn-run %s --entry=holds | FileCheck %s --check-prefix=ENTRY
// RUN: not gdn-run %s --entry=differs 2>&1 | FileCheck %s --check-prefix=DIFFERS
// RUN: not gdn-run %s --inputs=x 2>&1 | FileCheck %s --check-prefix=NEEDS

// CHECK-DAG: passed   holds (3 checks
// CHECK-DAG: gdn-run: error: {{.*}}checks.mlir:[[@LINE+28]]:3: check.expect_close failed: 1 of 3 elements; the worst, at [0, 2], is 3 instead of 2
// CHECK-DAG: gdn-run: error: {{.*}}checks.mlir:[[@LINE+28]]:3: check.expect_equal failed: 1 of 3 elements; the worst, at [0, 2], is 3 instead of 2
// CHECK-DAG: gdn-run: error: 'differs' failed: 2 of 2 checks do not hold
// CHECK-DAG: failed   differs
// CHECK-DAG: gdn-run: error: {{.*}}: check.expect_close failed: 1 of 2 elements; the worst, at [1], is nan instead of nan
// CHECK-DAG: gdn-run: error: {{.*}}: check.expect_equal failed: expects shape [2], but got [3]
// CHECK-DAG: 1 passed, 3 failed
// CHECK-DAG: gdn-run: error: 3 of 4 tests failed
// ENTRY: checks   3
// DIFFERS: gdn-run: error: {{.*}}: check.expect_close failed
// DIFFERS: gdn-run: error: 2 of 2 checks do not hold
// NEEDS: gdn-run: error: --inputs, --bytes, --tokens, --outputs and --decode need a function 'main' or --entry

func.func @holds() {
  %a = arith.constant dense<[1.0, 0x7F800000]> : tensor<2xf32>
  %b = arith.constant dense<[1.0009765625, 0x7F800000]> : tensor<2xf32>
  check.expect_close %a, %b {atol = 1.0e-3 : f32} : tensor<2xf32>
  check.expect_close %a, %b {rtol = 1.0e-3 : f32} : tensor<2xf32>
  %empty = arith.constant dense<> : tensor<0xbf16>
  check.expect_equal %empty, %empty : tensor<0xbf16>
  return
}

func.func @differs() {
  %a = arith.constant dense<[[0.5, 1.0, 3.0]]> : tensor<1x3xf64>
  %b = arith.constant dense<[[0.5625, 1.0, 2.0]]> : tensor<1x3xf64>
  %c = arith.constant dense<[[0, 1, 3]]> : tensor<1x3xi32>
  %d = arith.constant dense<[[0, 1, 2]]> : tensor<1x3xi32>
  check.expect_close %a, %b {atol = 0.0625 : f32} : tensor<1x3xf64>
  check.expect_equal %c, %d : tensor<1x3xi32>
  return
}

func.func @nan_agrees_with_nothing() {
  %a = arith.constant dense<[1.0, 0x7E00]> : tensor<2xf16>
  check.expect_equal %a, %a : tensor<2xf16>
  check.expect_close %a, %a : tensor<2xf16>
  return
}

func.func @shapes() {
  %n = func.call @three() : () -> index
  %c2 = arith.constant 2 : index
  %x = arith.constant 1.0 : f32
  %a = tensor.splat %x[%n] : tensor<?xf32>
  %b = tensor.splat %x[%c2] : tensor<?xf32>
  check.expect_equal %a, %b : tensor<?xf32>
  return
}

func.func private @three() -> index {
  %c3 = arith.constant 3 : index
  return %c3 : index
}
