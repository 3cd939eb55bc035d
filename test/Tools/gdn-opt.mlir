// RUN: gdn-opt %s | FileCheck %s
// RUN: gdn-opt --help | FileCheck %s --check-prefix=HELP
// RUN: gdn-opt --show-dialects | FileCheck %s --check-prefix=DIALECTS
// RUN: gdn-opt %s --gdn-to-loops | FileCheck %s --check-prefix=LOOPS
// RUN: gdn-opt %s --gdn-to-cpu=until=chunked | FileCheck %s --check-prefix=CHUNKED
// RUN: gdn-opt %s --gdn-to-cpu | FileCheck %s --check-prefix=LLVM
// RUN: gdn-opt %s --gdn-to-reference | FileCheck %s --check-prefix=LLVM
// RUN: not gdn-opt %s --gdn-nothing 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// HELP: --convert-check-to-runtime
// HELP: --gdn-chunk
// HELP: --one-shot-bufferize
// HELP: --gdn-to-cpu
// HELP: --gdn-to-loops
// HELP: --gdn-to-reference

// DIALECTS: check,
// DIALECTS-SAME: gdn,
// DIALECTS-SAME: nvgpu,

// UNKNOWN: Unknown command line argument '--gdn-nothing'

// CHECK-LABEL: func.func @linear_attention
// CHECK: gdn.delta_rule
// LOOPS-LABEL: func.func @linear_attention
// LOOPS-NOT: gdn.
// LOOPS: scf.for
// CHUNKED-LABEL: func.func @linear_attention
// CHUNKED-NOT: gdn.delta_rule
// CHUNKED: scf.forall
// LLVM: llvm.func @_mlir_ciface_linear_attention
func.func @linear_attention(%q: tensor<1x?x1x8xf32>, %k: tensor<1x?x1x8xf32>, %v: tensor<1x?x1x8xf32>)
    -> (tensor<1x?x1x8xf32>, tensor<1x1x8x8xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>)
      -> (tensor<1x?x1x8xf32>, tensor<1x1x8x8xf32>)
  return %o, %s : tensor<1x?x1x8xf32>, tensor<1x1x8x8xf32>
}
