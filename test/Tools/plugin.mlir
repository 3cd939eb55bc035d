// REQUIRES: plugin
// The stock mlir-opt loads dialects and passes. It warns and goes on when it cannot, so only the output tells.
// RUN: mlir-opt-22 %s --load-dialect-plugin=%gdn_plugin --load-pass-plugin=%gdn_plugin \
// RUN:   --pass-pipeline='builtin.module(gdn-chunk)' | FileCheck %s --check-prefix=CHUNKED
// RUN: mlir-opt-22 %s --load-dialect-plugin=%gdn_plugin --load-pass-plugin=%gdn_plugin \
// RUN:   --pass-pipeline='builtin.module(gdn-to-cpu)' | FileCheck %s --check-prefix=LLVM

// CHUNKED-LABEL: func.func @linear_attention
// CHUNKED-NOT: gdn.delta_rule
// CHUNKED: scf.forall
// CHUNKED: gdn.chunk_scores
// LLVM-NOT: gdn.delta_rule
// LLVM: llvm.func @_mlir_ciface_linear_attention
func.func @linear_attention(%q: tensor<1x?x1x8xf32>, %k: tensor<1x?x1x8xf32>, %v: tensor<1x?x1x8xf32>)
    -> (tensor<1x?x1x8xf32>, tensor<1x1x8x8xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>)
      -> (tensor<1x?x1x8xf32>, tensor<1x1x8x8xf32>)
  return %o, %s : tensor<1x?x1x8xf32>, tensor<1x1x8x8xf32>
}
