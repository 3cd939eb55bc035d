// Products as users write them, with other ops around the factors or the sum.
// REQUIRES: jit
// RUN: gdn-run %s --entry=negated --target=cpu
// RUN: gdn-run %s --entry=negated --target=reference
// RUN: gdn-run %s --entry=unsigned --target=cpu
// RUN: gdn-run %s --entry=unsigned --target=reference
// RUN: gdn-run %s --entry=absolute_sum --target=cpu
// RUN: gdn-run %s --entry=absolute_sum --target=reference
// RUN: gdn-run %s --entry=outer --compare-with=reference
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#matmul = {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}

func.func @negated() {
  %a = arith.constant dense<1.0> : tensor<2x4xbf16>
  %b = arith.constant dense<1.0> : tensor<4x2xbf16>
  %c = arith.constant dense<0.0> : tensor<2x2xbf16>
  %r = linalg.generic #matmul ins(%a, %b : tensor<2x4xbf16>, tensor<4x2xbf16>) outs(%c : tensor<2x2xbf16>) {
  ^bb0(%x: bf16, %y: bf16, %z: bf16):
    %n = arith.negf %x : bf16
    %p = arith.mulf %n, %y : bf16
    %s = arith.addf %z, %p : bf16
    linalg.yield %s : bf16
  } -> tensor<2x2xbf16>
  %e = arith.constant dense<-4.0> : tensor<2x2xbf16>
  check.expect_equal %r, %e : tensor<2x2xbf16>
  return
}

// As a signed number, 200 would be -56.
func.func @unsigned() {
  %a = arith.constant dense<200> : tensor<2x4xi8>
  %b = arith.constant dense<1.0> : tensor<4x2xbf16>
  %c = arith.constant dense<0.0> : tensor<2x2xbf16>
  %r = linalg.generic #matmul ins(%a, %b : tensor<2x4xi8>, tensor<4x2xbf16>) outs(%c : tensor<2x2xbf16>) {
  ^bb0(%x: i8, %y: bf16, %z: bf16):
    %n = arith.uitofp %x : i8 to bf16
    %p = arith.mulf %n, %y : bf16
    %s = arith.addf %z, %p : bf16
    linalg.yield %s : bf16
  } -> tensor<2x2xbf16>
  %e = arith.constant dense<800.0> : tensor<2x2xbf16>
  check.expect_equal %r, %e : tensor<2x2xbf16>
  return
}

// Not a product: each step takes the absolute value of what it has, 1, 0, 1, 0.
func.func @absolute_sum() {
  %a = arith.constant dense<1.0> : tensor<2x4xf32>
  %b = arith.constant dense<1.0> : tensor<4x2xf32>
  %c = arith.constant dense<0.0> : tensor<2x2xf32>
  %r = linalg.generic #matmul ins(%a, %b : tensor<2x4xf32>, tensor<4x2xf32>) outs(%c : tensor<2x2xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %n = arith.negf %x : f32
    %p = arith.mulf %n, %y : f32
    %s = arith.addf %z, %p : f32
    %t = math.absf %s : f32
    linalg.yield %t : f32
  } -> tensor<2x2xf32>
  check.expect_equal %r, %c : tensor<2x2xf32>
  return
}

// A sum over two vectors, of which each loop steps through one only.
func.func @outer(%a: tensor<16xf32> {gdn.init = "normal(1)"}, %c: tensor<f32> {gdn.init = "normal(1)"}) -> tensor<f32> {
  %b = arith.constant dense<2.0> : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> ()>],
                       iterator_types = ["reduction", "reduction"]}
      ins(%a, %b : tensor<16xf32>, tensor<8xf32>) outs(%c : tensor<f32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  return %r : tensor<f32>
}
