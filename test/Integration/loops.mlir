// Loops may carry what rules make: states over the layers of a model, outputs over its steps.
// REQUIRES: jit
// RUN: gdn-run %s --entry=for --compare-with=reference
// RUN: gdn-run %s --entry=while --compare-with=reference
// RUN: gdn-run %s --entry=for --target=reference
// RUN: gdn-run %s --entry=while --target=reference
!tokens = tensor<1x19x2x16xf32>
!state = tensor<1x2x16x16xf32>

func.func @for(%x: !tokens {gdn.init = "normal(0.2)"}) -> (!tokens, !state) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %none = arith.constant dense<0.0> : !state
  %v, %s = scf.for %i = %c0 to %c3 step %c1 iter_args(%v = %x, %s = %none) -> (!tokens, !state) {
    %o, %n = gdn.delta_rule %x, %x, %v state(%s) : (!tokens, !tokens, !tokens, !state) -> (!tokens, !state)
    scf.yield %o, %n : !tokens, !state
  }
  return %v, %s : !tokens, !state
}

func.func @while(%x: !tokens {gdn.init = "normal(0.2)"}) -> !state {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %none = arith.constant dense<0.0> : !state
  %i, %s = scf.while (%i = %c0, %s = %none) : (index, !state) -> (index, !state) {
    %more = arith.cmpi ult, %i, %c3 : index
    scf.condition(%more) %i, %s : index, !state
  } do {
  ^bb0(%i: index, %s: !state):
    %o, %n = gdn.delta_rule %x, %x, %x state(%s) : (!tokens, !tokens, !tokens, !state) -> (!tokens, !state)
    %next = arith.addi %i, %c1 : index
    scf.yield %next, %n : index, !state
  }
  return %s : !state
}
