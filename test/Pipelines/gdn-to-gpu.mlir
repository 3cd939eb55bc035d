// RUN: gdn-opt %s --gdn-to-gpu | FileCheck %s
// RUN: gdn-opt %s --gdn-to-gpu=until=tiled | FileCheck %s --check-prefix=TILED
// RUN: gdn-opt %s --gdn-to-gpu=device-memory=true | FileCheck %s --check-prefix=DEVICE
// RUN: not gdn-opt %s --gdn-to-gpu=until=cubin 2>&1 | FileCheck %s --check-prefix=UNTIL
// UNTIL: expects 'until' to be one of chunked, tiled, bufferized, specialized, nvvm, but got 'cubin'

// CHECK:     gpu.memcpy {{.*}}"to_device"
// CHECK:     gpu.launch_func @step_kernel::@step_kernel
// CHECK:     gpu.memcpy {{.*}}"to_host"
// CHECK:     gpu.module @step_kernel
// CHECK:       llvm.func @step_kernel({{.*}}nvvm.kernel
// CHECK-NOT:   gdn.
// TILED:     gdn.tile_contract
// DEVICE-NOT: gpu.memcpy
// DEVICE:    gpu.launch_func
func.func @step(%x: tensor<4x1x16x128xbf16>, %s0: tensor<4x16x128x128xf32>)
    -> (tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0)
      : (tensor<4x1x16x128xbf16>, tensor<4x1x16x128xbf16>, tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>)
      -> (tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>)
  return %o, %s : tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>
}
