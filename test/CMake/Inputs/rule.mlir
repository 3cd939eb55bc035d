func.func @linear_attention(%q: tensor<1x?x2x64xf32>, %k: tensor<1x?x2x64xf32>, %v: tensor<1x?x2x32xf32>)
    -> (tensor<1x?x2x32xf32>, tensor<1x2x64x32xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<1x?x2x64xf32>, tensor<1x?x2x64xf32>, tensor<1x?x2x32xf32>)
      -> (tensor<1x?x2x32xf32>, tensor<1x2x64x32xf32>)
  return %o, %s : tensor<1x?x2x32xf32>, tensor<1x2x64x32xf32>
}
