// RUN: gdn-opt %s --gdn-chunk --gdn-verify-chunked | FileCheck %s
// RUN: gdn-opt %s --gdn-chunk -o %t.chunked
// RUN: gdn-opt %t.chunked --gdn-verify-chunked | diff %t.chunked -

// What `gdn-chunk` writes keeps the contract, and the check changes nothing.
// CHECK-LABEL: func @rule
// CHECK: scf.forall
// CHECK: gdn.chunk_scores
// CHECK: gdn.recurrent_step
func.func @rule(%q: tensor<1x20x1x8xf32>) -> tensor<1x20x1x8xf32> {
  %o, %s = gdn.delta_rule %q, %q, %q
      : (tensor<1x20x1x8xf32>, tensor<1x20x1x8xf32>, tensor<1x20x1x8xf32>)
      -> (tensor<1x20x1x8xf32>, tensor<1x1x8x8xf32>)
  return %o : tensor<1x20x1x8xf32>
}

// Layer ops are of no concern to it.
// CHECK-LABEL: func @layer
// CHECK: gdn.short_conv
func.func @layer(%x: tensor<1x8x16xf32>, %w: tensor<16x4xf32>) -> tensor<1x8x16xf32> {
  %y, %s = gdn.short_conv %x, %w
      : (tensor<1x8x16xf32>, tensor<16x4xf32>) -> (tensor<1x8x16xf32>, tensor<1x3x16xf32>)
  return %y : tensor<1x8x16xf32>
}
