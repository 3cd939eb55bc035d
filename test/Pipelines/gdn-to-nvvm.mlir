// From rules to PTX, which takes no CUDA Toolkit, and what the pipeline refuses.
// RUN: gdn-opt %s --gdn-to-nvvm=format=isa | FileCheck %s --check-prefixes=CHECK,SM90A
// RUN: gdn-opt %s --gdn-to-nvvm="format=isa chip=sm_80" | FileCheck %s --check-prefixes=CHECK,SM80
// RUN: gdn-opt %s --gdn-to-nvvm="format=isa chip=sm_100a" | FileCheck %s --check-prefixes=CHECK,SM100A
// RUN: gdn-opt %s --gdn-to-nvvm="format=isa chip=sm_120a" | FileCheck %s --check-prefixes=CHECK,SM120A
// RUN: gdn-opt %s --gdn-to-nvvm="format=isa until=llvm" | FileCheck %s --check-prefix=LLVM
// RUN: not gdn-opt %s --gdn-to-nvvm="chip=sm_75" 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not gdn-opt %s --gdn-to-nvvm="chip=" 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not gdn-opt %s --gdn-to-nvvm="toolkit=/nowhere" 2>&1 | FileCheck %s --check-prefix=AUTO
// RUN: not gdn-opt %s --gdn-to-nvvm="chip=sm_80,sm_90a format=isa" 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not gdn-opt %s --gdn-to-nvvm="chip=sm_100a ptx=8.0 format=isa" 2>&1 | FileCheck %s --check-prefix=OLD
// RUN: not gdn-opt %s --gdn-to-nvvm="ptx=99 format=isa" 2>&1 | FileCheck %s --check-prefix=PTX
// RUN: not gdn-opt %s --gdn-to-nvvm="format=bin toolkit=/nowhere" 2>&1 | FileCheck %s --check-prefix=TOOLKIT --implicit-check-not=llvm.func
// RUN: not gdn-opt %s --gdn-to-nvvm=until=cubin 2>&1 | FileCheck %s --check-prefix=UNTIL

// CHECK-NOT: gpu.module
// CHECK: gpu.launch_func @decode_kernel::@decode_kernel
// CHECK: gpu.binary @decode_kernel
// SM80-SAME: chip = "sm_80", features = "+ptx80">, assembly = {{.*}}.version 8.0{{.*}}.target sm_80\0A
// SM90A-SAME: chip = "sm_90a", features = "+ptx80">, assembly = {{.*}}.version 8.0{{.*}}.target sm_90a\0A
// SM100A-SAME: chip = "sm_100a", features = "+ptx86">, assembly = {{.*}}.version 8.6{{.*}}.target sm_100a\0A
// SM120A-SAME: chip = "sm_120a", features = "+ptx87">, assembly = {{.*}}.version 8.7{{.*}}.target sm_120a\0A
// CHECK-SAME: .visible .entry decode_kernel(
// CHECK-NOT: gpu.module
// LLVM-NOT: gpu.
// LLVM: .visible .entry decode_kernel(
// LLVM-NOT: gpu.
// CHIP: error: expects 'chip' to be one of sm_80, sm_90a, sm_100a, sm_120a, but got 'sm_75'{{$}}
// EMPTY: {{^}}<unknown>:0: error: expects 'chip' to be one of sm_80, sm_90a, sm_100a, sm_120a, but got ''{{$}}
// AUTO: {{^}}<unknown>:0: error: format 'auto' needs ptxas of the CUDA Toolkit, which is not in '/nowhere/bin'; give its folder as 'toolkit', or use format=isa{{$}}
// MANY: error: format 'isa' holds code for one chip, but 2 are given; use format=fatbin{{$}}
// OLD: error: PTX 8.0 is too old for sm_100a, which needs 8.6{{$}}
// PTX: error: expects 'ptx' to be a version from 8.0 to 9.0, but got '99'{{$}}
// TOOLKIT: error: format 'bin' needs ptxas of the CUDA Toolkit, which is not in '/nowhere/bin'; give its folder as 'toolkit', or use format=isa{{$}}
// UNTIL: error: expects 'until' to be one of binary, llvm, but got 'cubin'{{$}}
func.func @decode(%x: tensor<4x1x16x128xbf16>, %s0: tensor<4x16x128x128xf32>)
    -> (tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x state(%s0)
      : (tensor<4x1x16x128xbf16>, tensor<4x1x16x128xbf16>, tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>)
      -> (tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>)
  return %o, %s : tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>
}
