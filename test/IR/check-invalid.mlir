// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C1: closeness is for floating-point numbers.
func.func @close_integers(%a: tensor<2xi32>) {
  // expected-error @below {{'check.expect_close' op expects floating-point elements, but got 'tensor<2xi32>'; use check.expect_equal}}
  check.expect_close %a, %a : tensor<2xi32>
  return
}

// -----

// C2: a negative tolerance can never hold.
func.func @negative_atol(%a: tensor<2xf32>) {
  // expected-error @below {{'check.expect_close' op expects 'atol' and 'rtol' to be at least 0}}
  check.expect_close %a, %a {atol = -1.0 : f32} : tensor<2xf32>
  return
}

// -----

// C2: nor can NaN.
func.func @nan_rtol(%a: tensor<2xf32>) {
  // expected-error @below {{'check.expect_close' op expects 'atol' and 'rtol' to be at least 0}}
  check.expect_close %a, %a {rtol = 0x7FC00000 : f32} : tensor<2xf32>
  return
}

// -----

// The runtime has no code for these elements.
func.func @complex(%a: tensor<2xcomplex<f32>>) {
  // expected-error @below {{operand #0 must be ranked tensor or memref of f64, f32, f16, bf16, i64 or i32}}
  check.expect_equal %a, %a : tensor<2xcomplex<f32>>
  return
}

// -----

func.func @unranked(%a: tensor<*xf32>) {
  // expected-error @below {{operand #0 must be ranked tensor or memref of f64, f32, f16, bf16, i64 or i32}}
  check.expect_equal %a, %a : tensor<*xf32>
  return
}
