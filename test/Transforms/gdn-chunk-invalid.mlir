// RUN: not gdn-opt %s --gdn-chunk=chunk-size=0 2>&1 | FileCheck %s --implicit-check-not=module
// RUN: not gdn-opt %s "--gdn-chunk=chunk-size=200 value-split=-1" 2>&1 | FileCheck %s --check-prefix=LARGE
// CHECK: {{^}}<unknown>:0: error: expects chunk-size to be 1 to 128 and value-split to be at least 0, but got 0 and 0{{$}}
// LARGE: but got 200 and -1
module {}
