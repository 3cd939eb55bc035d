// What kernels did on the simulator: on standard output behind the rest, or in a file.

// REQUIRES: jit
// RUN: gdn-run %s --target=sim --sim-report=json | FileCheck %s
// RUN: gdn-run %s --target=sim --sim-report=json:%t.json && FileCheck %s --input-file=%t.json --check-prefix=FILE
// CHECK:      run
// CHECK:      "kernels": [
// CHECK:        "launches": 1,
// Of a state of 1024 bytes; operands and outputs are 64 bytes each.
// CHECK:        "distinct_read": 1216,
// CHECK-NEXT:   "distinct_written": 1088,
// The operands but for the values, which lie apart, in both CTAs.
// CHECK-NEXT:   "read_by_many_ctas": 128
// CHECK:        "llvm.load": {
// FILE:       "kernels"

// RUN: not gdn-run %s --sim-report=json 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: --sim-report needs --target=sim
// RUN: not gdn-run %s --target=sim --sim-report=xml 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: error: expects --sim-report to be json or json:FILE, but got 'xml'
// RUN: not gdn-run %s --target=sim --sim-report=json:%t.none/r.json 2>&1 | FileCheck %s --check-prefix=WRITE
// WRITE: error: cannot write '{{.*}}r.json': {{[Nn]}}o such file or directory

func.func @main(%q: tensor<1x1x1x16xf32> {gdn.init = "ones"}, %k: tensor<1x1x1x16xf32> {gdn.init = "ones"},
                %v: tensor<1x1x1x16xf32> {gdn.init = "ones"}, %s0: tensor<1x1x16x16xf32> {gdn.init = "ones"})
    -> (tensor<1x1x1x16xf32>, tensor<1x1x16x16xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v state(%s0)
      : (tensor<1x1x1x16xf32>, tensor<1x1x1x16xf32>, tensor<1x1x1x16xf32>, tensor<1x1x16x16xf32>)
      -> (tensor<1x1x1x16xf32>, tensor<1x1x16x16xf32>)
  return %o, %s : tensor<1x1x1x16xf32>, tensor<1x1x16x16xf32>
}
