// Rules of each kind that a GPU's kernel has assemble for every chip, alone and together, and no kernel uses local memory.
// REQUIRES: ptxas, fatbinary, cuobjdump
// DEFINE: %{chip} =
// DEFINE: %{assemble} = rm -rf %t && gdn-opt %s --gdn-to-nvvm="format=bin chip=%{chip} toolkit=%cuda_toolkit" \
// DEFINE:   | %python %gdn_src_root/tools/lib/gpu_objects.py %t \
// DEFINE:   | FileCheck %s --check-prefix=FILES --implicit-check-not=kernel \
// DEFINE:   && %cuda_toolkit/bin/cuobjdump -elf %t/decode_kernel.cubin | FileCheck %s --check-prefix=%{chip} \
// DEFINE:   && %cuda_toolkit/bin/cuobjdump -elf %t/tokens_kernel.cubin | FileCheck %s --check-prefix=%{chip} \
// DEFINE:   && %cuda_toolkit/bin/cuobjdump -elf %t/segments_kernel.cubin | FileCheck %s --check-prefix=%{chip} \
// DEFINE:   && %cuda_toolkit/bin/cuobjdump -res-usage %t/decode_kernel.cubin 2>&1 | FileCheck %s --check-prefix=USAGE \
// DEFINE:   && %cuda_toolkit/bin/cuobjdump -res-usage %t/tokens_kernel.cubin 2>&1 | FileCheck %s --check-prefix=USAGE \
// DEFINE:   && %cuda_toolkit/bin/cuobjdump -res-usage %t/segments_kernel.cubin 2>&1 | FileCheck %s --check-prefix=USAGE

// REDEFINE: %{chip} = sm_80
// RUN: %{assemble}
// REDEFINE: %{chip} = sm_90a
// RUN: %{assemble}
// REDEFINE: %{chip} = sm_100a
// RUN: %{assemble}
// REDEFINE: %{chip} = sm_120a
// RUN: %{assemble}

// FILES-DAG: decode_kernel.cubin
// FILES-DAG: tokens_kernel.cubin
// FILES-DAG: segments_kernel.cubin
// sm_80: sm=80,
// sm_90a: sm=90a,
// sm_100a: sm=100a,
// sm_120a: sm=120a,
// USAGE: Function {{decode|tokens|segments}}_kernel:
// USAGE-NEXT: STACK:0 {{.*}}LOCAL:0

// RUN: rm -rf %t
// RUN: gdn-opt %s --gdn-to-nvvm="format=fatbin chip=sm_80,sm_90a,sm_100a,sm_120a toolkit=%cuda_toolkit" \
// RUN:   | %python %gdn_src_root/tools/lib/gpu_objects.py %t
// RUN: %cuda_toolkit/bin/cuobjdump -lelf -lptx %t/decode_kernel.fatbin | FileCheck %s --check-prefix=FATBIN
// RUN: %cuda_toolkit/bin/cuobjdump -lelf -lptx %t/tokens_kernel.fatbin | FileCheck %s --check-prefix=FATBIN
// RUN: %cuda_toolkit/bin/cuobjdump -lelf -lptx %t/segments_kernel.fatbin | FileCheck %s --check-prefix=FATBIN
// FATBIN: .sm_80.cubin
// FATBIN-NEXT: .sm_90a.cubin
// FATBIN-NEXT: .sm_100a.cubin
// FATBIN-NEXT: .sm_120a.cubin
// FATBIN-NEXT: .sm_120a.ptx

// The host code holds the objects.
// RUN: gdn-opt %s --gdn-to-nvvm="format=bin until=llvm toolkit=%cuda_toolkit" | FileCheck %s --check-prefix=LLVM
// LLVM-COUNT-3: ("\7FELF
// LLVM-NOT: gpu.

func.func @decode(%x: tensor<4x1x16x128xbf16>, %g: tensor<4x1x16x128xf32>, %s0: tensor<4x16x128x128xf32>)
    -> (tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%x) write(%x) state(%s0)
      : (tensor<4x1x16x128xbf16>, tensor<4x1x16x128xbf16>, tensor<4x1x16x128xbf16>, tensor<4x1x16x128xf32>,
         tensor<4x1x16x128xbf16>, tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>)
      -> (tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>)
  return %o, %s : tensor<4x1x16x128xbf16>, tensor<4x16x128x128xf32>
}

func.func @tokens(%x: tensor<2x33x3x64xf32>, %g: tensor<2x33x3xf32>) -> (tensor<2x33x3x64xf32>, tensor<2x3x64x64xf32>) {
  %o, %s = gdn.delta_rule %x, %x, %x decay(%g) erase(%g) write(%g)
      : (tensor<2x33x3x64xf32>, tensor<2x33x3x64xf32>, tensor<2x33x3x64xf32>, tensor<2x33x3xf32>,
         tensor<2x33x3xf32>, tensor<2x33x3xf32>) -> (tensor<2x33x3x64xf32>, tensor<2x3x64x64xf32>)
  return %o, %s : tensor<2x33x3x64xf32>, tensor<2x3x64x64xf32>
}

func.func @segments(%k: tensor<1x?x2x64xf16>, %v: tensor<1x?x4x128xf16>, %starts: tensor<?xi32>)
    -> (tensor<1x?x4x128xf16>, tensor<?x4x64x128xf32>) {
  %o, %s = gdn.delta_rule %k, %k, %v segments(%starts) {qk_l2norm}
      : (tensor<1x?x2x64xf16>, tensor<1x?x2x64xf16>, tensor<1x?x4x128xf16>, tensor<?xi32>)
      -> (tensor<1x?x4x128xf16>, tensor<?x4x64x128xf32>)
  return %o, %s : tensor<1x?x4x128xf16>, tensor<?x4x64x128xf32>
}
