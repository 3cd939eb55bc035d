// The phases of kernels, then host code that runs them on the simulator.
// RUN: gdn-opt %s --gdn-to-simulator | FileCheck %s
// RUN: gdn-opt %s --gdn-to-simulator=until=llvm | FileCheck %s
// RUN: gdn-opt %s --gdn-to-simulator=until=chunked | FileCheck %s --check-prefix=CHUNKED
// RUN: gdn-opt %s --gdn-to-simulator=until=tiled | FileCheck %s --check-prefix=TILED
// RUN: gdn-opt %s --gdn-to-simulator=until=bufferized | FileCheck %s --check-prefix=BUFFERS
// RUN: gdn-opt %s --gdn-to-simulator=until=specialized | FileCheck %s --check-prefix=BUFFERS
// RUN: gdn-opt %s --gdn-to-simulator=until=nvvm | FileCheck %s --check-prefix=NVVM
// RUN: not gdn-opt %s --gdn-to-simulator=until=binary 2>&1 | FileCheck %s --check-prefix=UNTIL

// What stands on tensors goes on from where it is; buffers on the GPU are there for good.
// RUN: gdn-opt %s --gdn-to-gpu=until=chunked | gdn-opt --gdn-to-simulator | FileCheck %s
// RUN: gdn-opt %s --gdn-to-gpu=until=tiled | gdn-opt --gdn-to-simulator | FileCheck %s
// RUN: gdn-opt %s --gdn-to-gpu=until=bufferized | not gdn-opt --gdn-to-gpu 2>&1 | FileCheck %s --check-prefix=BEHIND
// RUN: gdn-opt %s --gdn-to-gpu=until=specialized | not gdn-opt --gdn-to-simulator 2>&1 | FileCheck %s --check-prefix=BEHIND
// RUN: gdn-opt %s --gdn-to-gpu=until=nvvm | not gdn-opt --gdn-to-nvvm=format=isa 2>&1 | FileCheck %s --check-prefix=BEHIND

// CHECK:   llvm.func @step
// CHECK:   llvm.func @__gdn_sim_
// CHUNKED: gdn.recurrent_step
// TILED:   gdn.tile_contract
// BUFFERS: gpu.launch
// NVVM:    gpu.launch_func
// UNTIL:   expects 'until' to be one of chunked, tiled, bufferized, specialized, nvvm, llvm, but got 'binary'
// BEHIND:  error: 'gpu.dealloc' op is behind the phase 'bufferized'; start from what until=tiled or an earlier phase gives
func.func @step(%x: tensor<4x1x2x16xf32>) -> tensor<4x1x2x16xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x
      : (tensor<4x1x2x16xf32>, tensor<4x1x2x16xf32>, tensor<4x1x2x16xf32>)
      -> (tensor<4x1x2x16xf32>, tensor<4x2x16x16xf32>)
  return %o : tensor<4x1x2x16xf32>
}
