// RUN: gdn-opt %s --canonicalize | FileCheck %s

// A fold takes no operand away whose sizes are left to check when the program runs.

!t = tensor<1x?x1x4xf32>
!s = tensor<1x1x4x4xf32>

// CHECK-LABEL: func @five_tokens_of_some
// CHECK: gdn.delta_rule {{.*}} decay(%{{.*}}) :
func.func @five_tokens_of_some(%x: !t) -> !t {
  %g = arith.constant dense<0.0> : tensor<1x5x1xf32>
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) : (!t, !t, !t, tensor<1x5x1xf32>) -> (!t, !s)
  return %o : !t
}

// CHECK-LABEL: func @another_size
// CHECK: gdn.delta_rule {{.*}} erase(%{{.*}}) :
func.func @another_size(%x: !t, %n: index) -> !t {
  %zero = arith.constant 0.0 : f32
  %b = tensor.splat %zero[%n] : tensor<1x?x1xf32>
  %o, %s = gdn.delta_rule %x, %x, %x erase(%b) : (!t, !t, !t, tensor<1x?x1xf32>) -> (!t, !s)
  return %o : !t
}

// CHECK-LABEL: func @states_of_some
// CHECK: gdn.delta_rule {{.*}} state(%{{.*}}) :
func.func @states_of_some(%x: tensor<?x8x1x4xf32>, %n: index) -> tensor<?x8x1x4xf32> {
  %zero = arith.constant 0.0 : f32
  %s0 = tensor.splat %zero[%n] : tensor<?x1x4x4xf32>
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0)
      : (tensor<?x8x1x4xf32>, tensor<?x8x1x4xf32>, tensor<?x8x1x4xf32>, tensor<?x1x4x4xf32>)
      -> (tensor<?x8x1x4xf32>, tensor<?x1x4x4xf32>)
  return %o : tensor<?x8x1x4xf32>
}

// CHECK-LABEL: func @first_token
// CHECK: gdn.delta_rule {{.*}} decay(%{{.*}}) :
func.func @first_token(%x: tensor<1x1x1x4xf32>, %g: tensor<1x?x1xf32>) -> tensor<1x1x1x4xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g)
      : (tensor<1x1x1x4xf32>, tensor<1x1x1x4xf32>, tensor<1x1x1x4xf32>, tensor<1x?x1xf32>)
      -> (tensor<1x1x1x4xf32>, !s)
  return %o : tensor<1x1x1x4xf32>
}

// CHECK-LABEL: func @no_tokens_of_key
// CHECK: gdn.delta_rule
func.func @no_tokens_of_key(%x: tensor<1x0x1x4xf32>, %k: !t) -> !s {
  %o, %s = gdn.delta_rule %x, %k, %x
      : (tensor<1x0x1x4xf32>, !t, tensor<1x0x1x4xf32>) -> (tensor<1x0x1x4xf32>, !s)
  return %s : !s
}

// A cast would read beyond a state of one sequence.
// CHECK-LABEL: func @no_tokens_of_two
// CHECK-NOT: tensor.cast
// CHECK: gdn.delta_rule {{.*}} state(%{{.*}}) :
func.func @no_tokens_of_two(%x: tensor<2x0x1x4xf32>, %s0: tensor<?x1x4x4xf32>) -> tensor<2x1x4x4xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0)
      : (tensor<2x0x1x4xf32>, tensor<2x0x1x4xf32>, tensor<2x0x1x4xf32>, tensor<?x1x4x4xf32>)
      -> (tensor<2x0x1x4xf32>, tensor<2x1x4x4xf32>)
  return %s : tensor<2x1x4x4xf32>
}
