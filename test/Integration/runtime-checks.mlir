// What a program can only see when it runs ends the call with one sentence.

// REQUIRES: jit
// RUN: not gdn-run %s --target=reference 2> %t.reference
// RUN: FileCheck %s < %t.reference
// RUN: not gdn-run %s --target=cpu 2> %t.cpu
// RUN: FileCheck %s < %t.cpu

// CHECK-DAG: error: 'starts_late' failed: expects 'cu_seqlens' to start with 0{{$}}
func.func @starts_late() -> tensor<?x?x1x2xf32> {
  %starts = arith.constant dense<[1, 4]> : tensor<2xi32>
  %o = call @cut_4_tokens(%starts) : (tensor<2xi32>) -> tensor<?x?x1x2xf32>
  return %o : tensor<?x?x1x2xf32>
}

// CHECK-DAG: error: 'starts_before_0' failed: expects 'cu_seqlens' to start with 0{{$}}
func.func @starts_before_0() -> tensor<?x?x1x2xf32> {
  %starts = arith.constant dense<[-2147483648, 4]> : tensor<2xi32>
  %o = call @cut_4_tokens(%starts) : (tensor<2xi32>) -> tensor<?x?x1x2xf32>
  return %o : tensor<?x?x1x2xf32>
}

// CHECK-DAG: error: 'decreases' failed: expects 'cu_seqlens' not to decrease{{$}}
func.func @decreases() -> tensor<?x?x1x2xf32> {
  %starts = arith.constant dense<[0, 3, 2, 4]> : tensor<4xi64>
  %tokens = arith.constant dense<1.0> : tensor<1x4x1x2xf32>
  %o, %s = gdn.delta_rule %tokens, %tokens, %tokens segments(%starts)
      : (tensor<1x4x1x2xf32>, tensor<1x4x1x2xf32>, tensor<1x4x1x2xf32>, tensor<4xi64>)
      -> (tensor<1x4x1x2xf32>, tensor<3x1x2x2xf32>)
  %result = tensor.cast %o : tensor<1x4x1x2xf32> to tensor<?x?x1x2xf32>
  return %result : tensor<?x?x1x2xf32>
}

// CHECK-DAG: error: 'ends_early' failed: expects 'cu_seqlens' to end with T{{$}}
func.func @ends_early() -> tensor<?x?x1x2xf32> {
  %starts = arith.constant dense<[0, 3]> : tensor<2xi32>
  %o = call @cut_4_tokens(%starts) : (tensor<2xi32>) -> tensor<?x?x1x2xf32>
  return %o : tensor<?x?x1x2xf32>
}

// CHECK-DAG: error: 'ends_late' failed: expects 'cu_seqlens' to end with T{{$}}
func.func @ends_late() -> tensor<?x?x1x2xf32> {
  %starts = arith.constant dense<[0, 2147483647]> : tensor<2xi32>
  %o = call @cut_4_tokens(%starts) : (tensor<2xi32>) -> tensor<?x?x1x2xf32>
  return %o : tensor<?x?x1x2xf32>
}

func.func private @cut_4_tokens(%starts: tensor<2xi32>) -> tensor<?x?x1x2xf32> {
  %tokens = arith.constant dense<1.0> : tensor<1x4x1x2xf32>
  %o, %s = gdn.delta_rule %tokens, %tokens, %tokens segments(%starts)
      : (tensor<1x4x1x2xf32>, tensor<1x4x1x2xf32>, tensor<1x4x1x2xf32>, tensor<2xi32>)
      -> (tensor<1x4x1x2xf32>, tensor<1x1x2x2xf32>)
  %result = tensor.cast %o : tensor<1x4x1x2xf32> to tensor<?x?x1x2xf32>
  return %result : tensor<?x?x1x2xf32>
}

// CHECK-DAG: error: 'segments_of_a_batch' failed: expects B to be 1 with 'cu_seqlens'{{$}}
func.func @segments_of_a_batch() -> tensor<?x?x1x2xf32> {
  %starts = arith.constant dense<[0, 4]> : tensor<2xi32>
  %batch = arith.constant dense<1.0> : tensor<2x4x1x2xf32>
  %tokens = tensor.cast %batch : tensor<2x4x1x2xf32> to tensor<?x?x1x2xf32>
  %o, %s = gdn.delta_rule %tokens, %tokens, %tokens segments(%starts)
      : (tensor<?x?x1x2xf32>, tensor<?x?x1x2xf32>, tensor<?x?x1x2xf32>, tensor<2xi32>)
      -> (tensor<?x?x1x2xf32>, tensor<1x1x2x2xf32>)
  return %o : tensor<?x?x1x2xf32>
}

// CHECK-DAG: error: 'values_of_more_tokens' failed: expects 'value' and 'query' to agree in T{{$}}
func.func @values_of_more_tokens() -> tensor<?x?x1x2xf32> {
  %b = arith.constant 1 : index
  %t = arith.constant 5 : index
  %o = call @sizes(%b, %t, %b) : (index, index, index) -> tensor<?x?x1x2xf32>
  return %o : tensor<?x?x1x2xf32>
}

// CHECK-DAG: error: 'values_of_a_larger_batch' failed: expects 'value' and 'query' to agree in B{{$}}
func.func @values_of_a_larger_batch() -> tensor<?x?x1x2xf32> {
  %b = arith.constant 2 : index
  %t = arith.constant 4 : index
  %n = arith.constant 1 : index
  %o = call @sizes(%b, %t, %n) : (index, index, index) -> tensor<?x?x1x2xf32>
  return %o : tensor<?x?x1x2xf32>
}

// CHECK-DAG: error: 'states_of_more_sequences' failed: expects 'initial_state' to have one entry for each sequence{{$}}
func.func @states_of_more_sequences() -> tensor<?x?x1x2xf32> {
  %b = arith.constant 1 : index
  %t = arith.constant 4 : index
  %n = arith.constant 2 : index
  %o = call @sizes(%b, %t, %n) : (index, index, index) -> tensor<?x?x1x2xf32>
  return %o : tensor<?x?x1x2xf32>
}

// Queries of one batch entry and 4 tokens, values of `b` and `t`, states of `n` sequences.
func.func private @sizes(%b: index, %t: index, %n: index) -> tensor<?x?x1x2xf32> {
  %one = arith.constant 1.0 : f32
  %four_tokens = arith.constant dense<1.0> : tensor<1x4x1x2xf32>
  %q = tensor.cast %four_tokens : tensor<1x4x1x2xf32> to tensor<?x?x1x2xf32>
  %v = tensor.splat %one[%b, %t] : tensor<?x?x1x2xf32>
  %s0 = tensor.splat %one[%n] : tensor<?x1x2x2xf32>
  %o, %s = gdn.delta_rule %q, %q, %v state(%s0)
      : (tensor<?x?x1x2xf32>, tensor<?x?x1x2xf32>, tensor<?x?x1x2xf32>, tensor<?x1x2x2xf32>)
      -> (tensor<?x?x1x2xf32>, tensor<?x1x2x2xf32>)
  return %o : tensor<?x?x1x2xf32>
}

// CHECK: error: 9 of 9 tests failed
