// REQUIRES: jit
// Feeding tokens one by one and carrying the state agrees with all at once.
// RUN: gdn-run %s --tokens=20 --decode=10 | FileCheck %s
// RUN: gdn-run %s --tokens=20 --decode=20 --target=reference | FileCheck %s --check-prefix=ALL
// RUN: not gdn-run %s --tokens=20 --decode=10 --rtol=0 2>&1 | FileCheck %s --check-prefix=BOUND
// RUN: not gdn-run %s --tokens=20 --decode=3 --entry=forgets 2>&1 | FileCheck %s --check-prefix=FORGETS
// RUN: not gdn-run %s --tokens=20 --decode=21 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not gdn-run %s --tokens=20 --decode=1 --entry=carries_nothing 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not gdn-run %s --decode=1 --entry=fixed 2>&1 | FileCheck %s --check-prefix=FIXED
// RUN: not gdn-run %s --decode=1 --entry=no_tokens 2>&1 | FileCheck %s --check-prefix=TOKENS

// RUN: gdn-run %s --tokens=20 --decode=10 --entry=halves | FileCheck %s --check-prefix=HALVES
// RUN: not gdn-run %s --tokens=20 --decode=10 --entry=strict 2>&1 | FileCheck %s --check-prefix=BOUND

// CHECK: run      {{.*}} for 20 tokens at once
// CHECK-NEXT: decode   token 10      output {{.*}}e-0{{[678]}}
// CHECK-COUNT-9: decode   token {{1[0-9]}}      output {{.*}}e-0{{[678]}}
// CHECK-NEXT: decode   carried       state {{.*}}e-0{{[678]}}
// CHECK-NEXT: run      {{.*}} per decoded token
// ALL: decode   token 0       output 0.00e+00
// ALL: decode   token 19      output {{.*}}e-0{{[678]}}
// BOUND: gdn-run: error: result '{{output|state}}' of decoding differs by {{.*}} from that of all tokens at once, more than 0.00e+00
// HALVES: decode   carried       state {{[1-9].*}}e-0{{[23]}}
// FORGETS: gdn-run: error: result 'output' of decoding differs by
// MANY: gdn-run: error: expects --decode to be at most the number of tokens, 20, but got 21
// NOTHING: gdn-run: error: --decode expects a result of 'carries_nothing' to have the gdn.name of an argument
// FIXED: gdn-run: error: --decode expects the token dimension of 'x' to be dynamic, but got 1x4x1x4xf32
// TOKENS: gdn-run: error: --decode expects an argument of 'no_tokens' to have a gdn.token_dim
func.func @main(%x: tensor<1x?x1x4xf32> {gdn.name = "x", gdn.init = "normal(0.5)", gdn.token_dim = 1 : i64},
                %s0: tensor<1x1x4x4xf32> {gdn.name = "state", gdn.init = "zeros"})
    -> (tensor<1x?x1x4xf32> {gdn.name = "output", gdn.token_dim = 1 : i64},
        tensor<1x1x4x4xf32> {gdn.name = "state"}) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0)
      : (tensor<1x?x1x4xf32>, tensor<1x?x1x4xf32>, tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>)
      -> (tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>)
  return %o, %s : tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>
}

// A state that is carried in bf16 is rounded at every token.
func.func @halves(%x: tensor<1x?x1x4xf32> {gdn.name = "x", gdn.init = "normal(0.5)", gdn.token_dim = 1 : i64},
                  %s0: tensor<1x1x4x4xbf16> {gdn.name = "state", gdn.init = "zeros"})
    -> (tensor<1x1x4x4xbf16> {gdn.name = "state"}) {
  %wide = arith.extf %s0 : tensor<1x1x4x4xbf16> to tensor<1x1x4x4xf32>
  %o, %s = gdn.delta_rule %x, %x, %x state(%wide)
      : (tensor<1x?x1x4xf32>, tensor<1x?x1x4xf32>, tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>)
      -> (tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>)
  %narrow = arith.truncf %s : tensor<1x1x4x4xf32> to tensor<1x1x4x4xbf16>
  return %narrow : tensor<1x1x4x4xbf16>
}

func.func @strict(%x: tensor<1x?x1x4xf32> {gdn.name = "x", gdn.init = "normal(0.5)", gdn.token_dim = 1 : i64},
                  %s0: tensor<1x1x4x4xf32> {gdn.name = "state", gdn.init = "zeros"})
    -> (tensor<1x?x1x4xf32> {gdn.name = "output", gdn.token_dim = 1 : i64, gdn.rtol = 0.0},
        tensor<1x1x4x4xf32> {gdn.name = "state"}) {
  %o, %s = call @main(%x, %s0)
      : (tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>) -> (tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>)
  return %o, %s : tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>
}

// It gives back its old state.
func.func @forgets(%x: tensor<1x?x1x4xf32> {gdn.name = "x", gdn.init = "normal(0.5)", gdn.token_dim = 1 : i64},
                   %s0: tensor<1x1x4x4xf32> {gdn.name = "state", gdn.init = "zeros"})
    -> (tensor<1x?x1x4xf32> {gdn.name = "output", gdn.token_dim = 1 : i64},
        tensor<1x1x4x4xf32> {gdn.name = "state"}) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0)
      : (tensor<1x?x1x4xf32>, tensor<1x?x1x4xf32>, tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>)
      -> (tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>)
  return %o, %s0 : tensor<1x?x1x4xf32>, tensor<1x1x4x4xf32>
}

func.func @carries_nothing(%x: tensor<1x?xf32> {gdn.name = "x", gdn.init = "ones", gdn.token_dim = 1 : i64})
    -> (tensor<1x?xf32> {gdn.token_dim = 1 : i64}) {
  return %x : tensor<1x?xf32>
}

func.func @fixed(%x: tensor<1x4x1x4xf32> {gdn.name = "x", gdn.init = "ones", gdn.token_dim = 1 : i64})
    -> (tensor<1x4x1x4xf32> {gdn.name = "x"}) {
  return %x : tensor<1x4x1x4xf32>
}

func.func @no_tokens(%x: tensor<4xf32> {gdn.name = "x", gdn.init = "ones"}) -> (tensor<4xf32> {gdn.name = "x"}) {
  return %x : tensor<4xf32>
}
