// exp as kernels compute it, by 2^x: near where it overflows and where it is 0, on each side of it.
// REQUIRES: jit
// RUN: gdn-opt %s --gdn-expand-gpu-math | gdn-run - --target=cpu | FileCheck %s
// CHECK: 1 passed, 0 failed

// In a loop, where it is of scalars, and nothing is folded before.
func.func private @exp(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%x : tensor<?xf32>) {
    ^bb0(%number: f32):
      %0 = math.exp %number : f32
      linalg.yield %0 : f32
  } -> tensor<?xf32>
  return %y : tensor<?xf32>
}

func.func @ends() {
  // The last three are +inf, -inf and the largest number.
  %numbers = arith.constant dense<[0.0, 1.0, -1.0, 88.0, 88.7, 88.7228317, 88.7228394, 89.0, 95.0, 98.3, 101.0, 150.0,
                                   -87.0, -104.1, -1000.0, 0x7F800000, 0xFF800000, 0x7F7FFFFF]> : tensor<18xf32>
  %x = tensor.cast %numbers : tensor<18xf32> to tensor<?xf32>
  %y = func.call @exp(%x) : (tensor<?xf32>) -> tensor<?xf32>
  %results = tensor.cast %y : tensor<?xf32> to tensor<18xf32>
  %expected = arith.constant dense<[1.0, 2.7182817, 0.36787945, 1.6516362e38, 3.3259768e38, 3.4027985e38, 0x7F800000,
                                    0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000,
                                    1.6458114e-38, 0.0, 0.0, 0x7F800000, 0.0, 0x7F800000]> : tensor<18xf32>
  check.expect_close %results, %expected {atol = 0.0 : f32, rtol = 1.0e-6 : f32} : tensor<18xf32>
  // 0x7FC00000 is NaN.
  %nan = arith.constant dense<0x7FC00000> : tensor<1xf32>
  %input = tensor.cast %nan : tensor<1xf32> to tensor<?xf32>
  %output = func.call @exp(%input) : (tensor<?xf32>) -> tensor<?xf32>
  %is_nan = arith.cmpf uno, %output, %output : tensor<?xf32>
  %answers = tensor.cast %is_nan : tensor<?xi1> to tensor<1xi1>
  %numbered = arith.uitofp %answers : tensor<1xi1> to tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  check.expect_equal %numbered, %one : tensor<1xf32>
  return
}
