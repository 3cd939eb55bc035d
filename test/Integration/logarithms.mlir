// Logarithms and exponentials of numbers at the ends of f32, on both targets.

// REQUIRES: jit
// RUN: gdn-run %s --target=reference
// RUN: gdn-run %s --target=cpu

// 2^-149, 2^-140, the largest subnormal number, the least normal one; 0, -0, infinity and the largest number.
func.func private @numbers() -> tensor<8xf32> {
  %x = arith.constant dense<[0x00000001, 0x00000200, 0x007FFFFF, 0x00800000,
                             0.0, -0.0, 0x7F800000, 0x7F7FFFFF]> : tensor<8xf32>
  return %x : tensor<8xf32>
}

func.func @natural() {
  %x = call @numbers() : () -> tensor<8xf32>
  %log = math.log %x : tensor<8xf32>
  %expected = arith.constant dense<[-103.27892990, -97.04060528, -87.33654487, -87.33654475,
                                    0xFF800000, 0xFF800000, 0x7F800000, 88.72283906]> : tensor<8xf32>
  check.expect_close %log, %expected {rtol = 2.0e-7 : f32} : tensor<8xf32>
  return
}

func.func @binary() {
  %x = call @numbers() : () -> tensor<8xf32>
  %log = math.log2 %x : tensor<8xf32>
  %expected = arith.constant dense<[-149.0, -140.0, -126.0, -126.0,
                                    0xFF800000, 0xFF800000, 0x7F800000, 128.0]> : tensor<8xf32>
  check.expect_close %log, %expected {rtol = 2.0e-7 : f32} : tensor<8xf32>
  return
}

// log(1 + x) is x for small x, subnormal ones included. (Within a map the compiler does not fold it.)
func.func @of_one_more() {
  %x = call @numbers() : () -> tensor<8xf32>
  %empty = tensor.empty() : tensor<8xf32>
  %log = linalg.map { math.log1p } ins(%x : tensor<8xf32>) outs(%empty : tensor<8xf32>)
  %expected = arith.constant dense<[0x00000001, 0x00000200, 0x007FFFFF, 0x00800000,
                                    0.0, -0.0, 0x7F800000, 88.72283906]> : tensor<8xf32>
  check.expect_close %log, %expected {rtol = 2.0e-7 : f32} : tensor<8xf32>
  return
}

// exp(x) - 1 is x for small x, in f64 too.
func.func @inverse_of_one_more() {
  %x = arith.constant dense<[1.0e-20, -1.0e-300, 0.0, -800.0, 1.0]> : tensor<5xf64>
  %empty = tensor.empty() : tensor<5xf64>
  %exp = linalg.map { math.expm1 } ins(%x : tensor<5xf64>) outs(%empty : tensor<5xf64>)
  %expected = arith.constant dense<[1.0e-20, -1.0e-300, 0.0, -1.0, 1.718281828459045]> : tensor<5xf64>
  check.expect_close %exp, %expected {atol = 0.0 : f32, rtol = 1.0e-14 : f32} : tensor<5xf64>
  return
}

// So softplus keeps its digits where it is small: exp(-30), exp(-80).
func.func @decay_of_small_steps() {
  %x = arith.constant dense<[[[-30.0], [-80.0]]]> : tensor<1x2x1xf32>
  %a_log = arith.constant dense<0.0> : tensor<1xf32>
  %g = gdn.decay_gate %x, %a_log : (tensor<1x2x1xf32>, tensor<1xf32>) -> tensor<1x2x1xf32>
  %expected = arith.constant dense<[[[-9.35762297e-14], [-1.80485139e-35]]]> : tensor<1x2x1xf32>
  check.expect_close %g, %expected {rtol = 1.0e-6 : f32} : tensor<1x2x1xf32>
  return
}

// A rate beyond f64 and a step of nothing: 0, not 0 * inf.
func.func @decay_of_nothing_at_any_rate() {
  %x = arith.constant dense<-1000.0> : tensor<1x1x2xf32>
  %a_log = arith.constant dense<[800.0, 3.4e38]> : tensor<2xf32>
  %g = gdn.decay_gate %x, %a_log : (tensor<1x1x2xf32>, tensor<2xf32>) -> tensor<1x1x2xf32>
  %expected = arith.constant dense<0.0> : tensor<1x1x2xf32>
  check.expect_close %g, %expected {atol = 0.0 : f32, rtol = 0.0 : f32} : tensor<1x1x2xf32>
  return
}
