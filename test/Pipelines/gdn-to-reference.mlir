// RUN: gdn-opt %s --gdn-to-reference=until=loops | FileCheck %s --check-prefix=LOOPS
// RUN: gdn-opt %s --gdn-to-reference="until=loops widen-results=true" | FileCheck %s --check-prefix=WIDE
// RUN: gdn-opt %s --gdn-to-reference=until=bufferized | FileCheck %s --check-prefix=BUFFERIZED
// RUN: gdn-opt %s --gdn-to-reference | FileCheck %s --check-prefix=LLVM
// RUN: gdn-opt %s --gdn-to-loops | FileCheck %s --check-prefix=LOOPS

// LOOPS-NOT: gdn.
// LOOPS-NOT: linalg.generic
// LOOPS: scf.for
// LOOPS: math.exp %{{.*}} : f64
// LOOPS: arith.truncf {{.*}}xf64> to tensor<{{.*}}xf32>
// LOOPS-NOT: vector

// WIDE: func.func @rule
// WIDE-SAME: -> (tensor<1x?x2x8xf64>, tensor<1x2x8x8xf64>)

// BUFFERIZED: memref<1x?x2x8xf32>
// BUFFERIZED-NOT: scf.parallel
// BUFFERIZED-NOT: scf.forall
// BUFFERIZED-NOT: tensor<

// LLVM: llvm.func @rule
// LLVM-NOT: vector<
// LLVM-NOT: omp.
// LLVM: llvm.func @_mlir_ciface_rule
func.func @rule(%q: tensor<1x?x2x8xf32>, %k: tensor<1x?x2x8xf32>, %v: tensor<1x?x2x8xf32>,
                %g: tensor<1x?x2x8xf32>) -> (tensor<1x?x2x8xf32>, tensor<1x2x8x8xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g)
      : (tensor<1x?x2x8xf32>, tensor<1x?x2x8xf32>, tensor<1x?x2x8xf32>, tensor<1x?x2x8xf32>)
      -> (tensor<1x?x2x8xf32>, tensor<1x2x8x8xf32>)
  return %o, %s : tensor<1x?x2x8xf32>, tensor<1x2x8x8xf32>
}
