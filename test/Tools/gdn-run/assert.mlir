// REQUIRES: jit
// A failed assertion ends the call with its sentence; it fails a test, not the program.
// RUN: not gdn-run %s 2>&1 | FileCheck %s
// RUN: not gdn-run %s --target=reference 2>&1 | FileCheck %s
// RUN: not gdn-run %s --entry=fails 2>&1 | FileCheck %s --check-prefix=ENTRY

// CHECK-DAG: gdn-run: error: 'fails' failed: expects [1x2] "elements", 100%
// CHECK-DAG: failed   fails
// CHECK-DAG: passed   holds (0 checks
// CHECK-DAG: 1 passed, 1 failed
// ENTRY: gdn-run: error: expects [1x2] "elements", 100%
func.func @fails() -> tensor<2xf32> {
  %no = arith.constant false
  cf.assert %no, "expects [1x2] \22elements\22, 100%"
  %x = arith.constant dense<1.0> : tensor<2xf32>
  return %x : tensor<2xf32>
}

func.func @holds() {
  %yes = arith.constant true
  cf.assert %yes, "never seen"
  return
}
