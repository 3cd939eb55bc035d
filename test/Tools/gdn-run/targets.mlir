// The words for a target.
// REQUIRES: jit
// RUN: gdn-run %s --target=cpu:native | FileCheck %s
// CHECK: target   cpu (
// RUN: not gdn-run %s --target=cpu,reference 2>&1 | FileCheck %s --check-prefix=LIST
// LIST: gdn-run: error: expects one target, but got 'cpu,reference'; run each on its own{{$}}
// RUN: not gdn-run %s --target=cpu:z80 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: gdn-run: error: expects target 'cpu' to be 'cpu' or 'cpu:native', but got 'cpu:z80'{{$}}
// RUN: not gdn-run %s --target=reference:native 2>&1 | FileCheck %s --check-prefix=REFERENCE
// REFERENCE: gdn-run: error: expects no chip after target 'reference', but got 'reference:native'{{$}}
// RUN: not gdn-run %s --target=cpu: 2>&1 | FileCheck %s --check-prefix=COLON
// COLON: gdn-run: error: expects target 'cpu' to be 'cpu' or 'cpu:native', but got 'cpu:'{{$}}
// RUN: not gdn-run %s --target=sm_90a 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: gdn-run: error: this build has the targets {{.*}}, but not 'sm_90a'{{$}}
func.func @nothing() {
  return
}
