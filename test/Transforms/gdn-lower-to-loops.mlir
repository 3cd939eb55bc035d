// RUN: gdn-opt %s --gdn-lower-to-loops | FileCheck %s
// RUN: gdn-opt %s --gdn-to-loops | FileCheck %s --check-prefix=CLEAN

// The definition in its order: decay, read, write, output; all in f64, rounded once.
// CHECK-LABEL: func @rule
// CHECK-NOT: gdn.
// CHECK: math.exp {{.*}} : f64
// CHECK: arith.addf {{.*}} : f64
// CHECK: arith.subf {{.*}} : f64
// CHECK: arith.mulf {{.*}} : f64
// CHECK-NOT: {{(mulf|addf|subf|exp).*}} : f32
// CHECK: arith.truncf {{.*}} : tensor<1x3x2x4xf64> to tensor<1x3x2x4xbf16>
// CHECK: arith.truncf {{.*}} : tensor<1x2x8x4xf64> to tensor<1x2x8x4xf32>
// CLEAN-NOT: gdn.
func.func @rule(%q: tensor<1x3x2x8xbf16>, %v: tensor<1x3x2x4xbf16>, %g: tensor<1x3x2xf32>)
    -> (tensor<1x3x2x4xbf16>, tensor<1x2x8x4xf32>) {
  %o, %s = gdn.delta_rule %q, %q, %v decay(%g) erase(%g)
      : (tensor<1x3x2x8xbf16>, tensor<1x3x2x8xbf16>, tensor<1x3x2x4xbf16>, tensor<1x3x2xf32>,
         tensor<1x3x2xf32>) -> (tensor<1x3x2x4xbf16>, tensor<1x2x8x4xf32>)
  return %o, %s : tensor<1x3x2x4xbf16>, tensor<1x2x8x4xf32>
}
