// RUN: gdn-opt %s --gdn-to-cpu=until=chunked | FileCheck %s --check-prefix=CHUNKED
// RUN: gdn-opt %s --gdn-to-cpu=until=decomposed | FileCheck %s --check-prefix=DECOMPOSED
// RUN: gdn-opt %s --gdn-to-cpu=until=tiled | FileCheck %s --check-prefix=TILED
// RUN: gdn-opt %s --gdn-to-cpu=until=vectorized | FileCheck %s --check-prefix=VECTORIZED
// RUN: gdn-opt %s --gdn-to-cpu=until=bufferized | FileCheck %s --check-prefix=BUFFERIZED
// RUN: gdn-opt %s --gdn-to-cpu | FileCheck %s --check-prefix=LLVM

// CHUNKED: scf.forall
// CHUNKED: gdn.chunk_scores
// CHUNKED-NOT: gdn.delta_rule

// DECOMPOSED: linalg.matmul
// DECOMPOSED-NOT: gdn.

// TILED: tensor<8x1xf32>, tensor<1x32xf32>
// TILED-NOT: gdn.

// VECTORIZED-NOT: linalg.
// VECTORIZED: scf.for {{.*}} -> (vector<8x32xf32>)
// VECTORIZED: vector.contract
// VECTORIZED-NOT: linalg.

// The loop over chunks allocates nothing, and its products add up in registers.
// BUFFERIZED: func.func @rule({{.*}}memref<1x?x2x128xf32>
// BUFFERIZED: scf.parallel
// BUFFERIZED: memref.alloc() {{.*}}memref<128x16xf32>
// BUFFERIZED: scf.for {{.*}} step %c16 {
// BUFFERIZED-NOT: memref.alloc
// BUFFERIZED: scf.for {{.*}} -> (vector<8x32xf32>)
// BUFFERIZED-NEXT: vector.transfer_read
// BUFFERIZED-NEXT: vector.transfer_read
// BUFFERIZED-NEXT: vector.contract
// BUFFERIZED-NEXT: scf.yield
// BUFFERIZED-NOT: memref.alloc
// BUFFERIZED: scf.for {{.*}} -> (vector<8x32xf32>)
// BUFFERIZED: memref.dealloc
// BUFFERIZED-NOT: tensor<

// LLVM: llvm.func @rule
// LLVM: llvm.intr.fma({{.*}}vector<
// LLVM: llvm.func @_mlir_ciface_rule
// LLVM-NOT: unrealized_conversion_cast
func.func @rule(%q: tensor<1x?x2x128xf32>, %k: tensor<1x?x2x128xf32>, %v: tensor<1x?x2x128xf32>,
                %g: tensor<1x?x2x128xf32>, %b: tensor<1x?x2x128xf32>, %w: tensor<1x?x2x128xf32>)
    -> (tensor<1x?x2x128xf32>, tensor<1x2x128x128xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w)
      : (tensor<1x?x2x128xf32>, tensor<1x?x2x128xf32>, tensor<1x?x2x128xf32>,
         tensor<1x?x2x128xf32>, tensor<1x?x2x128xf32>, tensor<1x?x2x128xf32>)
      -> (tensor<1x?x2x128xf32>, tensor<1x2x128x128xf32>)
  return %o, %s : tensor<1x?x2x128xf32>, tensor<1x2x128x128xf32>
}
