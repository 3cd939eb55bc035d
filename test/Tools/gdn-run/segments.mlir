// REQUIRES: jit
// What is known only at run time fails with a sentence on both targets.
// RUN: not gdn-run %s --entry=decreasing 2>&1 | FileCheck %s
// RUN: not gdn-run %s --entry=decreasing --target=reference 2>&1 | FileCheck %s
// CHECK: gdn-run: error: expects 'cu_seqlens' not to decrease
// CHECK-NOT: error
func.func @decreasing() -> (tensor<1x4x1x2xf32>, tensor<2x1x2x2xf32>) {
  %x = arith.constant dense<1.0> : tensor<1x4x1x2xf32>
  %cu = arith.constant dense<[0, 5, 4]> : tensor<3xi32>
  %o, %s = gdn.delta_rule %x, %x, %x segments(%cu)
      : (tensor<1x4x1x2xf32>, tensor<1x4x1x2xf32>, tensor<1x4x1x2xf32>, tensor<3xi32>)
      -> (tensor<1x4x1x2xf32>, tensor<2x1x2x2xf32>)
  return %o, %s : tensor<1x4x1x2xf32>, tensor<2x1x2x2xf32>
}
