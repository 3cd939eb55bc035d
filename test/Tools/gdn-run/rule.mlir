// REQUIRES: jit
// RUN: gdn-run %s --tokens=37 --seed=3 --threads=2 --outputs=%t.first | FileCheck %s
// Same seed, same bytes; any number of threads and of calls.
// RUN: gdn-run %s --tokens=37 --seed=3 --threads=1 --repeat=3 --outputs=%t.second | FileCheck %s --check-prefix=REPEAT
// RUN: cmp %t.first %t.second
// RUN: gdn-run %s --tokens=37 --seed=4 --outputs=%t.other
// RUN: not cmp %t.first %t.other
// RUN: gdn-run - --tokens=37 < %s | FileCheck %s
// RUN: gdn-run %s --tokens=0 | FileCheck %s --check-prefix=EMPTY
// RUN: gdn-run %s --tokens=37 --chunk-size=8 --compare-with=reference | FileCheck %s --check-prefix=COMPARE
// RUN: not gdn-run %s --tokens=37 --compare-with=reference --rtol=0 2>&1 | FileCheck %s --check-prefix=BOUND
// RUN: gdn-run %s --tokens=37 --target=reference --compare-with=reference | FileCheck %s --check-prefix=REFERENCE

// CHECK: target   cpu ({{.*}}), {{[12]}} thread
// CHECK: compile  {{[0-9.]+}} {{m?}}s
// CHECK: run      {{[0-9.]+ [mu]?}}s, {{[0-9]+}} tokens/s
// CHECK: result   output           2x37x2x16xf32 {{ *[0-9a-f]+$}}
// CHECK: result   state            2x2x8x16xf32 {{ *[0-9a-f]+$}}
// REPEAT: 1 thread{{$}}
// REPEAT: run      median {{.*}}, min {{.*}} of 3, {{[0-9]+}} tokens/s
// EMPTY: result   output           2x0x2x16xf32
// COMPARE: compare  output           relative error {{.*}}, bound 1.00e-03
// COMPARE: compare  state            relative error {{.*}}e-0{{[678]}}, bound 2.00e-05
// BOUND: compare  output           relative error {{.*}}, bound 1.00e-03
// BOUND: compare  state            relative error {{.*}}, bound 0.00e+00
// BOUND: gdn-run: error: result 'state' of 'main' differs from the reference by {{.*}}, more than 0.00e+00
// REFERENCE: target   reference ({{.*}}), 1 thread
// REFERENCE: compare  output           relative error {{.*}}e-08
func.func @main(
    %q: tensor<2x?x1x8xf32> {gdn.name = "query", gdn.init = "normal(0.3)", gdn.token_dim = 1 : i64},
    %k: tensor<2x?x1x8xf32> {gdn.name = "key", gdn.init = "normal(0.3)", gdn.token_dim = 1 : i64},
    %v: tensor<2x?x2x16xf32> {gdn.name = "value", gdn.init = "normal(1)", gdn.token_dim = 1 : i64},
    %g: tensor<2x?x2x8xf32> {gdn.name = "decay", gdn.init = "uniform(-1, 0)", gdn.token_dim = 1 : i64},
    %b: tensor<2x?x2xf32> {gdn.name = "erase", gdn.init = "uniform(0, 1)", gdn.token_dim = 1 : i64},
    %s0: tensor<2x2x8x16xf32> {gdn.name = "state", gdn.init = "normal(0.1)"})
    -> (tensor<2x?x2x16xf32> {gdn.name = "output", gdn.token_dim = 1 : i64, gdn.rtol = 1.0e-3 : f64},
        tensor<2x2x8x16xf32> {gdn.name = "state"}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) state(%s0)
      : (tensor<2x?x1x8xf32>, tensor<2x?x1x8xf32>, tensor<2x?x2x16xf32>, tensor<2x?x2x8xf32>, tensor<2x?x2xf32>,
         tensor<2x2x8x16xf32>) -> (tensor<2x?x2x16xf32>, tensor<2x2x8x16xf32>)
  return %o, %s : tensor<2x?x2x16xf32>, tensor<2x2x8x16xf32>
}
