// What ptxas and fatbinary make of kernels, as cuobjdump reads it.
// REQUIRES: ptxas, fatbinary, cuobjdump
// DEFINE: %{objects} = %python %gdn_src_root/tools/lib/gpu_objects.py %t
// DEFINE: %{cuobjdump} = %cuda_toolkit/bin/cuobjdump

// A cubin is for one chip.
// RUN: rm -rf %t
// RUN: gdn-opt %s --gdn-serialize-kernels="format=bin chips=sm_80 toolkit=%cuda_toolkit" | %{objects}
// RUN: %{cuobjdump} -elf %t/kernels.cubin | FileCheck %s --check-prefix=SM80
// RUN: gdn-opt %s --gdn-serialize-kernels="format=bin chips=sm_90a toolkit=%cuda_toolkit" | %{objects}
// RUN: %{cuobjdump} -elf %t/kernels.cubin | FileCheck %s --check-prefix=SM90A
// RUN: gdn-opt %s --gdn-serialize-kernels="format=bin chips=sm_100a toolkit=%cuda_toolkit" | %{objects}
// RUN: %{cuobjdump} -elf %t/kernels.cubin | FileCheck %s --check-prefix=SM100A
// RUN: gdn-opt %s --gdn-serialize-kernels="format=bin chips=sm_120a toolkit=%cuda_toolkit" | %{objects}
// RUN: %{cuobjdump} -elf %t/kernels.cubin | FileCheck %s --check-prefix=SM120A

// SM80: sm=80,
// SM90A: sm=90a,
// SM100A: sm=100a,
// SM120A: sm=120a,
// SM80: .text.fill

// Without a chip it is sm_90a; ptxas is found by the environment too, and there `auto` is a cubin.
// RUN: rm -rf %t
// RUN: env CUDA_HOME=%cuda_toolkit gdn-opt %s --gdn-serialize-kernels | %{objects} | FileCheck %s --check-prefix=AUTO
// RUN: %{cuobjdump} -elf %t/kernels.cubin | FileCheck %s --check-prefix=SM90A
// AUTO: kernels.cubin
// The same input gives the same bytes.
// RUN: gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=%cuda_toolkit" -o %t.first
// RUN: gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=%cuda_toolkit" | cmp - %t.first
// A later version of PTX serves as well.
// RUN: gdn-opt %s --gdn-serialize-kernels="format=bin ptx=8.7 toolkit=%cuda_toolkit" | FileCheck %s --check-prefix=LATER
// LATER: features = "+ptx87">, bin = "\7FELF

// A fatbin holds a cubin for each chip and the PTX of the last, in the order given.
// RUN: rm -rf %t
// RUN: gdn-opt %s --gdn-serialize-kernels="format=fatbin chips=sm_120a,sm_80,sm_100a,sm_90a toolkit=%cuda_toolkit" | %{objects}
// RUN: %{cuobjdump} -lelf -lptx %t/kernels.fatbin | FileCheck %s --check-prefix=FATBIN
// RUN: %{cuobjdump} -res-usage %t/kernels.fatbin | FileCheck %s --check-prefix=FUNCTIONS
// FATBIN: ELF file 1: kernels.1.sm_120a.cubin
// FATBIN-NEXT: ELF file 2: kernels.2.sm_80.cubin
// FATBIN-NEXT: ELF file 3: kernels.3.sm_100a.cubin
// FATBIN-NEXT: ELF file 4: kernels.4.sm_90a.cubin
// FATBIN-NEXT: PTX file 1: kernels.1.sm_90a.ptx
// FATBIN-NOT: file
// FUNCTIONS-COUNT-4: Function fill:
// RUN: gdn-opt %s --gdn-serialize-kernels="format=fatbin chips=sm_80 toolkit=%cuda_toolkit" | %{objects}
// RUN: %{cuobjdump} -lelf -lptx %t/kernels.fatbin | FileCheck %s --check-prefix=SINGLE
// SINGLE: ELF file 1: kernels.1.sm_80.cubin
// SINGLE-NEXT: PTX file 1: kernels.1.sm_80.ptx

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @fill(%p: !llvm.ptr, %x: f32) attributes {gpu.kernel, nvvm.kernel} {
      llvm.store %x, %p : f32, !llvm.ptr
      llvm.return
    }
  }
}
