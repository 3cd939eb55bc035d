// RUN: gdn-opt %s --gdn-verify-chunked --split-input-file --verify-diagnostics

func.func @rule_remains(%q: tensor<1x16x8x64xf32>) -> tensor<1x16x8x64xf32> {
  // expected-error @below {{is not in chunked form: gdn.delta_rule remains}}
  %o, %s = gdn.delta_rule %q, %q, %q
      : (tensor<1x16x8x64xf32>, tensor<1x16x8x64xf32>, tensor<1x16x8x64xf32>)
      -> (tensor<1x16x8x64xf32>, tensor<1x8x64x64xf32>)
  return %o : tensor<1x16x8x64xf32>
}

// -----

func.func @outside_the_loop(%a: tensor<16x64xf32>) -> tensor<16x64xf32> {
  // expected-error @below {{is not in chunked form: gdn.chunk_scan stands outside the parallel loop over sequences and heads}}
  %gamma = gdn.chunk_scan %a : tensor<16x64xf32>
  return %gamma : tensor<16x64xf32>
}

// -----

// Nothing of the rule is chunked form, too.
func.func @no_rule(%a: tensor<16x64xf32>) -> tensor<16x64xf32> {
  return %a : tensor<16x64xf32>
}
