// RUN: not gdn-opt %s --gdn-to-cpu=until=tile 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not gdn-opt %s --gdn-to-reference=until=tiled 2>&1 | FileCheck %s --check-prefix=REFERENCE
// RUN: not gdn-opt %s --gdn-to-cpu 2>&1 | FileCheck %s --check-prefix=OP

// On each target the names of the runtime are reserved, with the same words.
// RUN: not gdn-opt %S/Inputs/reserved.mlir --gdn-to-cpu 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not gdn-opt %S/Inputs/reserved.mlir --gdn-to-simulator 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not gdn-opt %S/Inputs/reserved.mlir --gdn-to-nvvm="format=isa until=llvm" 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: error: expects the name of a function not to begin with 'gdn_', but got 'gdn_gpu_launch'{{$}}

// CPU: error: expects 'until' to be one of chunked, decomposed, tiled, vectorized, bufferized, llvm, but got 'tile'
// REFERENCE: error: expects 'until' to be one of loops, bufferized, llvm, but got 'tiled'
// OP: error: 'gpu.thread_id' op has no lowering to the CPU
// OP-NOT: Stack dump
func.func @unknown() -> index {
  %0 = gpu.thread_id x
  return %0 : index
}
