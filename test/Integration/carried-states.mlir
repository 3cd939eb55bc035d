// Loops carry tensors whose buffers change from pass to pass: none is overwritten too early, freed twice or lost.

// REQUIRES: jit
// RUN: gdn-run %s --target=reference
// RUN: gdn-run %s --target=cpu

!token = tensor<1x1x1x2xf32>
!state = tensor<1x1x2x2xf32>

// Each pass asks for what the one before returned, and keeps the state before it.
func.func private @step(%token: !token, %state: !state) -> (!token, !state) {
  %x = arith.constant dense<[[[[1.0, -2.0]]]]> : !token
  %o, %s = gdn.delta_rule %token, %x, %x state(%state) {scale = 0.25 : f32}
      : (!token, !token, !token, !state) -> (!token, !state)
  return %o, %s : !token, !state
}

func.func private @expect_third(%token: !token, %before: !state, %state: !state) {
  %third = arith.constant dense<[[[[13.986328125, -27.97265625]]]]> : !token
  %second_state = arith.constant dense<[[[[2.5, -4.0], [-4.0, 8.5]]]]> : !state
  %third_state = arith.constant dense<[[[[3.5, -6.0], [-6.0, 12.5]]]]> : !state
  check.expect_close %token, %third {rtol = 1.0e-6 : f32} : !token
  check.expect_close %before, %second_state {rtol = 1.0e-6 : f32} : !state
  check.expect_close %state, %third_state {rtol = 1.0e-6 : f32} : !state
  return
}

func.func @for() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %x = arith.constant dense<[[[[1.0, -2.0]]]]> : !token
  %s0 = arith.constant dense<[[[[0.5, 0.0], [0.0, 0.5]]]]> : !state
  %token, %before, %state = scf.for %i = %c0 to %c3 step %c1
      iter_args(%t = %x, %p = %s0, %s = %s0) -> (!token, !state, !state) {
    %o, %n = func.call @step(%t, %s) : (!token, !state) -> (!token, !state)
    scf.yield %o, %s, %n : !token, !state, !state
  }
  call @expect_third(%token, %before, %state) : (!token, !state, !state) -> ()
  return
}

// The condition reads a carried tensor.
func.func @while() {
  %c0 = arith.constant 0 : index
  %bound = arith.constant 10.0 : f32
  %x = arith.constant dense<[[[[1.0, -2.0]]]]> : !token
  %s0 = arith.constant dense<[[[[0.5, 0.0], [0.0, 0.5]]]]> : !state
  %token, %before, %state = scf.while (%t = %x, %p = %s0, %s = %s0)
      : (!token, !state, !state) -> (!token, !state, !state) {
    %read = tensor.extract %t[%c0, %c0, %c0, %c0] : !token
    %more = arith.cmpf olt, %read, %bound : f32
    scf.condition(%more) %t, %p, %s : !token, !state, !state
  } do {
  ^bb0(%t: !token, %p: !state, %s: !state):
    %o, %n = func.call @step(%t, %s) : (!token, !state) -> (!token, !state)
    scf.yield %o, %s, %n : !token, !state, !state
  }
  call @expect_third(%token, %before, %state) : (!token, !state, !state) -> ()
  return
}

// A loop that computes before its condition, and passes its tensors on in another order.
func.func @do_while() {
  %c0 = arith.constant 0 : index
  %bound = arith.constant 10.0 : f32
  %x = arith.constant dense<[[[[1.0, -2.0]]]]> : !token
  %s0 = arith.constant dense<[[[[0.5, 0.0], [0.0, 0.5]]]]> : !state
  %state, %token, %before = scf.while (%t = %x, %s = %s0)
      : (!token, !state) -> (!state, !token, !state) {
    %o, %n = func.call @step(%t, %s) : (!token, !state) -> (!token, !state)
    %read = tensor.extract %o[%c0, %c0, %c0, %c0] : !token
    %more = arith.cmpf olt, %read, %bound : f32
    scf.condition(%more) %n, %o, %s : !state, !token, !state
  } do {
  ^bb0(%n: !state, %o: !token, %s: !state):
    scf.yield %o, %n : !token, !state
  }
  call @expect_third(%token, %before, %state) : (!token, !state, !state) -> ()
  return
}

// A loop that does not run returns what it was given.
func.func @no_pass() {
  %c0 = arith.constant 0 : index
  %bound = arith.constant 1.0 : f32
  %x = arith.constant dense<[[[[1.0, -2.0]]]]> : !token
  %s0 = arith.constant dense<[[[[0.5, 0.0], [0.0, 0.5]]]]> : !state
  %token, %state = scf.while (%t = %x, %s = %s0) : (!token, !state) -> (!token, !state) {
    %read = tensor.extract %t[%c0, %c0, %c0, %c0] : !token
    %more = arith.cmpf olt, %read, %bound : f32
    scf.condition(%more) %t, %s : !token, !state
  } do {
  ^bb0(%t: !token, %s: !state):
    %o, %n = func.call @step(%t, %s) : (!token, !state) -> (!token, !state)
    scf.yield %o, %n : !token, !state
  }
  check.expect_equal %token, %x : !token
  check.expect_equal %state, %s0 : !state
  return
}
