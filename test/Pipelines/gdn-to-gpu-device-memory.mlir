// Functions that take and fill tensors in the GPU's memory leave them to kernels; what the host would have to touch is
// refused with one sentence.
// RUN: split-file %s %t
// RUN: gdn-opt %t/rule.mlir --gdn-to-gpu=device-memory=true | FileCheck %s --check-prefix=RULE
// RUN: gdn-opt %t/rule.mlir --gdn-to-gpu="device-memory=true until=bufferized" \
// RUN:   | gdn-opt --gdn-to-gpu=device-memory=true | FileCheck %s --check-prefix=RULE
// RUN: gdn-opt %t/rule.mlir --gdn-to-gpu=device-memory=true | gdn-opt --gdn-to-gpu=device-memory=true | FileCheck %s --check-prefix=RULE
// RUN: gdn-opt %t/batch.mlir --gdn-to-gpu=device-memory=true | FileCheck %s --check-prefix=BATCH
// RUN: not gdn-opt %t/host.mlir --gdn-to-gpu=device-memory=true 2>&1 | FileCheck %s --check-prefix=HOST
// RUN: not gdn-opt %t/between.mlir --gdn-to-gpu=device-memory=true 2>&1 | FileCheck %s --check-prefix=BETWEEN
// RUN: not gdn-opt %t/constant.mlir --gdn-to-gpu=device-memory=true 2>&1 | FileCheck %s --check-prefix=CONSTANT
// RUN: not gdn-opt %t/argument.mlir --gdn-to-nvvm="device-memory=true format=isa" 2>&1 | FileCheck %s --check-prefix=ARGUMENT
// RUN: not gdn-opt %t/twice.mlir --gdn-to-nvvm="device-memory=true format=isa" 2>&1 | FileCheck %s --check-prefix=TWICE

// Sizes and segments that are known late, and arithmetic that the kernel does itself.
//--- rule.mlir
// RULE-NOT: gdn.rtol
// RULE-NOT: gpu.memcpy
// RULE-NOT: memref.alloc
// RULE:     gpu.launch_func
func.func @rule(%x: tensor<1x?x4x64xf32>, %w: tensor<1x?x4x64xf32>, %starts: tensor<?xi32>)
    -> (tensor<1x?x4x64xf32> {gdn.rtol = 1.0e-3}, tensor<?x4x64x64xf32>) {
  %v = arith.mulf %x, %w : tensor<1x?x4x64xf32>
  %o, %s = gdn.delta_rule %x, %x, %v segments(%starts)
      : (tensor<1x?x4x64xf32>, tensor<1x?x4x64xf32>, tensor<1x?x4x64xf32>, tensor<?xi32>)
      -> (tensor<1x?x4x64xf32>, tensor<?x4x64x64xf32>)
  return %o, %s : tensor<1x?x4x64xf32>, tensor<?x4x64x64xf32>
}

// What segments hold is not looked at, but B is.
//--- batch.mlir
// BATCH:     cf.assert %{{.*}}, "expects B to be 1 with 'cu_seqlens'"
// BATCH-NOT: cf.assert
func.func @batch(%x: tensor<?x?x4x64xf32>, %starts: tensor<3xi32>) -> (tensor<?x?x4x64xf32>, tensor<2x4x64x64xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x segments(%starts)
      : (tensor<?x?x4x64xf32>, tensor<?x?x4x64xf32>, tensor<?x?x4x64xf32>, tensor<3xi32>)
      -> (tensor<?x?x4x64xf32>, tensor<2x4x64x64xf32>)
  return %o, %s : tensor<?x?x4x64xf32>, tensor<2x4x64x64xf32>
}

//--- host.mlir
// HOST: error: 'vector.transfer_read' op runs on the host, which does not reach tensors in the GPU's memory; leave out device-memory{{$}}
func.func @host(%x: tensor<1x64xf32>, %w: tensor<64x64xf32>) -> tensor<1x1x1x64xf32> {
  %e = tensor.empty() : tensor<1x64xf32>
  %m = linalg.matmul ins(%x, %w : tensor<1x64xf32>, tensor<64x64xf32>) outs(%e : tensor<1x64xf32>) -> tensor<1x64xf32>
  %y = tensor.expand_shape %m [[0, 1, 2], [3]] output_shape [1, 1, 1, 64] : tensor<1x64xf32> into tensor<1x1x1x64xf32>
  %o, %s = gdn.delta_rule %y, %y, %y : (tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>)
      -> (tensor<1x1x1x64xf32>, tensor<1x1x64x64xf32>)
  return %o : tensor<1x1x1x64xf32>
}

// What one rule hands another lies where neither the caller nor a kernel put it.
//--- between.mlir
// BETWEEN: between.mlir:3:{{.*}} error: expects the buffers of a kernel to be arguments or results of the function, in the GPU's memory, but got one of memref.alloc; leave out device-memory{{$}}
func.func @between(%x: tensor<1x1x1x64xf32>) -> tensor<1x1x1x64xf32> {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>)
      -> (tensor<1x1x1x64xf32>, tensor<1x1x64x64xf32>)
  %p, %t = gdn.delta_rule %o, %x, %x : (tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>)
      -> (tensor<1x1x1x64xf32>, tensor<1x1x64x64xf32>)
  return %p : tensor<1x1x1x64xf32>
}

//--- constant.mlir
// CONSTANT: error: expects the buffers of a kernel to be arguments or results of the function, in the GPU's memory, but got one of memref.get_global; leave out device-memory{{$}}
func.func @constant(%x: tensor<1x3x1x64xf32>) -> tensor<1x3x1x64xf32> {
  %starts = arith.constant dense<[0, 1, 3]> : tensor<3xi32>
  %o, %s = gdn.delta_rule %x, %x, %x segments(%starts)
      : (tensor<1x3x1x64xf32>, tensor<1x3x1x64xf32>, tensor<1x3x1x64xf32>, tensor<3xi32>)
      -> (tensor<1x3x1x64xf32>, tensor<2x1x64x64xf32>)
  return %o : tensor<1x3x1x64xf32>
}

//--- argument.mlir
// ARGUMENT: error: 'memref.copy' op runs on the host, which does not reach tensors in the GPU's memory; leave out device-memory{{$}}
func.func @argument(%x: tensor<1x1x1x64xf32>) -> (tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>)
      -> (tensor<1x1x1x64xf32>, tensor<1x1x64x64xf32>)
  return %o, %x : tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>
}

//--- twice.mlir
// TWICE: error: 'func.return' op expects a value of its own for each result in the GPU's memory, but got the same for results 0 and 2{{$}}
func.func @twice(%x: tensor<1x1x1x64xf32>) -> (tensor<1x1x1x64xf32>, tensor<1x1x64x64xf32>, tensor<1x1x1x64xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x : (tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>, tensor<1x1x1x64xf32>)
      -> (tensor<1x1x1x64xf32>, tensor<1x1x64x64xf32>)
  return %o, %s, %o : tensor<1x1x1x64xf32>, tensor<1x1x64x64xf32>, tensor<1x1x1x64xf32>
}
