// Products as users write them, with other ops around the factors, and roundings of f64, on both targets.
// REQUIRES: jit
// RUN: gdn-run %s --entry=neg --target=cpu
// RUN: gdn-run %s --entry=neg --target=reference
// RUN: gdn-run %s --entry=unsigned --target=cpu
// RUN: gdn-run %s --entry=unsigned --target=reference
// RUN: gdn-run %s --entry=neg_f32 --target=cpu
// RUN: gdn-run %s --entry=round_once --target=cpu
// RUN: gdn-run %s --entry=round_once --target=reference
// RUN: gdn-run %s --entry=outersum --compare-with=reference
#id2 = affine_map<(m,n,k)->(m,k)>
#idb = affine_map<(m,n,k)->(k,n)>
#idc = affine_map<(m,n,k)->(m,n)>
func.func @neg() {
  %a = arith.constant dense<1.0> : tensor<2x4xbf16>
  %b = arith.constant dense<1.0> : tensor<4x2xbf16>
  %c = arith.constant dense<0.0> : tensor<2x2xbf16>
  %r = linalg.generic {indexing_maps=[#id2,#idb,#idc], iterator_types=["parallel","parallel","reduction"]} ins(%a,%b: tensor<2x4xbf16>,tensor<4x2xbf16>) outs(%c: tensor<2x2xbf16>) {
  ^bb0(%x: bf16, %y: bf16, %z: bf16):
    %n = arith.negf %x : bf16
    %p = arith.mulf %n, %y : bf16
    %s = arith.addf %z, %p : bf16
    linalg.yield %s : bf16
  } -> tensor<2x2xbf16>
  %e = arith.constant dense<-4.0> : tensor<2x2xbf16>
  check.expect_close %r, %e {atol=1.0e-3:f32} : tensor<2x2xbf16>
  return
}
func.func @unsigned() {
  %a = arith.constant dense<200> : tensor<2x4xi8>
  %b = arith.constant dense<1.0> : tensor<4x2xbf16>
  %c = arith.constant dense<0.0> : tensor<2x2xbf16>
  %r = linalg.generic {indexing_maps=[#id2,#idb,#idc], iterator_types=["parallel","parallel","reduction"]} ins(%a,%b: tensor<2x4xi8>,tensor<4x2xbf16>) outs(%c: tensor<2x2xbf16>) {
  ^bb0(%x: i8, %y: bf16, %z: bf16):
    %n = arith.uitofp %x : i8 to bf16
    %p = arith.mulf %n, %y : bf16
    %s = arith.addf %z, %p : bf16
    linalg.yield %s : bf16
  } -> tensor<2x2xbf16>
  %e = arith.constant dense<800.0> : tensor<2x2xbf16>
  check.expect_close %r, %e {atol=1.0e-3:f32} : tensor<2x2xbf16>
  return
}
func.func @neg_f32() {
  %a = arith.constant dense<1.0> : tensor<2x4xf32>
  %b = arith.constant dense<1.0> : tensor<4x2xf32>
  %c = arith.constant dense<0.0> : tensor<2x2xf32>
  %r = linalg.generic {indexing_maps=[#id2,#idb,#idc], iterator_types=["parallel","parallel","reduction"]} ins(%a,%b: tensor<2x4xf32>,tensor<4x2xf32>) outs(%c: tensor<2x2xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %n = arith.negf %x : f32
    %p = arith.mulf %n, %y : f32
    %s = arith.addf %z, %p : f32
    %t = math.absf %s : f32
    linalg.yield %t : f32
  } -> tensor<2x2xf32>
  %e = arith.constant dense<0.0> : tensor<2x2xf32>
  check.expect_close %r, %e {atol=1.0e-3:f32} : tensor<2x2xf32>
  return
}

// Just above the middle between two bf16: by way of the nearest f32, it would be rounded down.
func.func @round_once() {
  %x = arith.constant dense<1.00390625000091> : tensor<1xf64>
  %r = func.call @to_bf16(%x) : (tensor<1xf64>) -> tensor<1xbf16>
  %e = arith.constant dense<1.0078125> : tensor<1xbf16>
  check.expect_equal %r, %e : tensor<1xbf16>
  return
}
func.func private @to_bf16(%x: tensor<1xf64>) -> tensor<1xbf16> {
  %c0 = arith.constant 0 : index
  %s = tensor.extract %x[%c0] : tensor<1xf64>
  %y = arith.truncf %s : f64 to bf16
  %r = tensor.from_elements %y : tensor<1xbf16>
  return %r : tensor<1xbf16>
}

// A sum over a vector that one of the factors lacks.
func.func @outersum(%a: tensor<16xf32> {gdn.init="normal(1)"}, %c: tensor<f32> {gdn.init="normal(1)"}) -> tensor<f32> {
  %b = arith.constant dense<2.0> : tensor<8xf32>
  %r = linalg.generic {indexing_maps=[affine_map<(i,j)->(i)>,affine_map<(i,j)->(j)>,affine_map<(i,j)->()>], iterator_types=["reduction","reduction"]} ins(%a,%b: tensor<16xf32>,tensor<8xf32>) outs(%c: tensor<f32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  return %r : tensor<f32>
}
