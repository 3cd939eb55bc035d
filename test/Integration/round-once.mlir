// f64 just above the middle between two bf16: by way of the nearest f32, it would be rounded down.
// REQUIRES: jit
// RUN: gdn-run %s --target=cpu
// RUN: gdn-run %s --target=reference
func.func @round_once() {
  %x = arith.constant dense<1.00390625000091> : tensor<1xf64>
  %r = func.call @to_bf16(%x) : (tensor<1xf64>) -> tensor<1xbf16>
  %e = arith.constant dense<1.0078125> : tensor<1xbf16>
  check.expect_equal %r, %e : tensor<1xbf16>
  return
}

// The scalar op is not folded with the constant, which the caller has.
func.func private @to_bf16(%x: tensor<1xf64>) -> tensor<1xbf16> attributes {no_inline} {
  %c0 = arith.constant 0 : index
  %s = tensor.extract %x[%c0] : tensor<1xf64>
  %y = arith.truncf %s : f64 to bf16
  %r = tensor.from_elements %y : tensor<1xbf16>
  return %r : tensor<1xbf16>
}
