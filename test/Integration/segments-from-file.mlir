// A 'cu_seqlens' that a caller hands in is checked as one in the program is: one sentence, a nonzero code, no results.

// REQUIRES: jit
// RUN: rm -rf %t && mkdir %t
// RUN: gdn-run %s --entry=good --outputs=%t/good
// RUN: gdn-run %s --entry=rule --inputs=%t/good --outputs=%t/reference --target=reference
// RUN: gdn-run %s --entry=rule --inputs=%t/good --outputs=%t/cpu --target=cpu
// RUN: gdn-run %s --entry=conv --inputs=%t/good

// RUN: gdn-run %s --entry=late --outputs=%t/late
// RUN: not gdn-run %s --entry=rule --inputs=%t/late --outputs=%t/none --target=reference 2>&1 | FileCheck %s --check-prefix=LATE
// RUN: not gdn-run %s --entry=rule --inputs=%t/late --outputs=%t/none --target=cpu 2>&1 | FileCheck %s --check-prefix=LATE
// RUN: not gdn-run %s --entry=conv --inputs=%t/late --outputs=%t/none --target=cpu 2>&1 | FileCheck %s --check-prefix=LATE
// LATE: gdn-run: error: expects 'cu_seqlens' to start with 0{{$}}
// LATE-NOT: {{.}}

// RUN: gdn-run %s --entry=down --outputs=%t/down
// RUN: not gdn-run %s --entry=rule --inputs=%t/down --outputs=%t/none --target=reference 2>&1 | FileCheck %s --check-prefix=DOWN
// RUN: not gdn-run %s --entry=rule --inputs=%t/down --outputs=%t/none --target=cpu 2>&1 | FileCheck %s --check-prefix=DOWN
// RUN: not gdn-run %s --entry=conv --inputs=%t/down --outputs=%t/none --target=cpu 2>&1 | FileCheck %s --check-prefix=DOWN
// DOWN: gdn-run: error: expects 'cu_seqlens' not to decrease{{$}}
// DOWN-NOT: {{.}}

// RUN: gdn-run %s --entry=short --outputs=%t/short
// RUN: gdn-run %s --entry=long --outputs=%t/long
// RUN: not gdn-run %s --entry=rule --inputs=%t/short --outputs=%t/none --target=reference 2>&1 | FileCheck %s --check-prefix=END
// RUN: not gdn-run %s --entry=rule --inputs=%t/short --outputs=%t/none --target=cpu 2>&1 | FileCheck %s --check-prefix=END
// RUN: not gdn-run %s --entry=rule --inputs=%t/long --outputs=%t/none --target=reference 2>&1 | FileCheck %s --check-prefix=END
// RUN: not gdn-run %s --entry=rule --inputs=%t/long --outputs=%t/none --target=cpu 2>&1 | FileCheck %s --check-prefix=END
// RUN: not gdn-run %s --entry=conv --inputs=%t/long --outputs=%t/none --target=cpu 2>&1 | FileCheck %s --check-prefix=END
// END: gdn-run: error: expects 'cu_seqlens' to end with T{{$}}
// END-NOT: {{.}}

// RUN: gdn-run %s --entry=nothing --outputs=%t/nothing
// RUN: not gdn-run %s --entry=rule --inputs=%t/nothing --outputs=%t/none --target=reference 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not gdn-run %s --entry=rule --inputs=%t/nothing --outputs=%t/none --target=cpu 2>&1 | FileCheck %s --check-prefix=NOTHING
// NOTHING: gdn-run: error: expects 'cu_seqlens' to have at least 1 element{{$}}
// NOTHING-NOT: {{.}}

// RUN: test ! -e %t/none

!x = tensor<1x20x1x8xf32>
func.func @rule(%x: !x {gdn.init = "normal(1.0)"}, %cu: tensor<?xi64> {gdn.name = "starts"}) -> (!x, tensor<?x1x8x8xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x segments(%cu) : (!x, !x, !x, tensor<?xi64>) -> (!x, tensor<?x1x8x8xf32>)
  return %o, %s : !x, tensor<?x1x8x8xf32>
}

!c = tensor<1x20x4xf32>
func.func @conv(%x: !c {gdn.init = "normal(1.0)"}, %w: tensor<4x3xf32> {gdn.init = "ones"},
                %cu: tensor<?xi64> {gdn.name = "starts"}) -> (!c, tensor<?x2x4xf32>) {
  %y, %s = gdn.short_conv %x, %w segments(%cu) : (!c, tensor<4x3xf32>, tensor<?xi64>) -> (!c, tensor<?x2x4xf32>)
  return %y, %s : !c, tensor<?x2x4xf32>
}

// What the tests hand in.
func.func @good() -> (tensor<4xi64> {gdn.name = "starts"}) {
  %cu = arith.constant dense<[0, 2, 2, 20]> : tensor<4xi64>
  return %cu : tensor<4xi64>
}
func.func @late() -> (tensor<3xi64> {gdn.name = "starts"}) {
  %cu = arith.constant dense<[1, 2, 20]> : tensor<3xi64>
  return %cu : tensor<3xi64>
}
func.func @down() -> (tensor<4xi64> {gdn.name = "starts"}) {
  %cu = arith.constant dense<[0, 9223372036854775807, -1, 20]> : tensor<4xi64>
  return %cu : tensor<4xi64>
}
func.func @short() -> (tensor<2xi64> {gdn.name = "starts"}) {
  %cu = arith.constant dense<[0, 19]> : tensor<2xi64>
  return %cu : tensor<2xi64>
}
func.func @long() -> (tensor<2xi64> {gdn.name = "starts"}) {
  %cu = arith.constant dense<[0, 4611686018427387904]> : tensor<2xi64>
  return %cu : tensor<2xi64>
}
func.func @nothing() -> (tensor<0xi64> {gdn.name = "starts"}) {
  %cu = arith.constant dense<> : tensor<0xi64>
  return %cu : tensor<0xi64>
}
