// RUN: gdn-opt %s --gdn-serialize-kernels="format=isa" | FileCheck %s
// The same input gives the same bytes.
// RUN: gdn-opt %s --gdn-serialize-kernels="format=isa" -o %t.first
// RUN: gdn-opt %s --gdn-serialize-kernels="format=isa" | cmp - %t.first
// RUN: gdn-opt %s --gdn-serialize-kernels="format=isa chips=sm_120a ptx=8.8" | FileCheck %s --check-prefix=LATER
// RUN: not gdn-opt %s --gdn-serialize-kernels="chips=sm_75" 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not gdn-opt %s --gdn-serialize-kernels="chips=sm_80,sm_80" 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=isa chips=sm_80,sm_90a" 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=elf" 2>&1 | FileCheck %s --check-prefix=FORMAT
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=isa chips=sm_100a ptx=8.0" 2>&1 | FileCheck %s --check-prefix=OLD
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=isa ptx=7.8" 2>&1 | FileCheck %s --check-prefix=PTX
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=/nowhere" 2>&1 | FileCheck %s --check-prefix=TOOLKIT

// CHECK-NOT: gpu.module
// CHECK: gpu.binary @kernels
// CHECK-SAME: #nvvm.target<O = 3, chip = "sm_90a", features = "+ptx80">
// CHECK-SAME: .version 8.0
// CHECK-SAME: .target sm_90a
// CHECK-SAME: .entry fill
// LATER: .version 8.8
// LATER-SAME: .target sm_120a
// CHIP: error: expects chips to be of sm_80, sm_90a, sm_100a, sm_120a, but got 'sm_75'{{$}}
// TWICE: error: chip 'sm_80' is given twice{{$}}
// MANY: error: format 'isa' holds code for one chip, but 2 are given; use format=fatbin{{$}}
// FORMAT: error: expects 'format' to be isa, bin, fatbin or auto, but got 'elf'{{$}}
// OLD: error: PTX 8.0 is too old for sm_100a, which needs 8.6{{$}}
// PTX: error: expects 'ptx' to be a version from 8.0 to 9.0, but got '7.8'{{$}}
// TOOLKIT: error: format 'bin' needs ptxas of the CUDA Toolkit, which is not in '/nowhere/bin'; give its folder as 'toolkit', or use format=isa{{$}}
module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @fill(%p: !llvm.ptr, %x: f32) attributes {gpu.kernel, nvvm.kernel} {
      llvm.store %x, %p : f32, !llvm.ptr
      llvm.return
    }
  }
}
