// A machine without NVIDIA's driver, and with a file that is none.
// REQUIRES: jit
// RUN: env GDN_CUDA_DRIVER=%t.none not gdn-run %s --target=cuda 2>&1 | FileCheck %s
// CHECK: gdn-run: error: there is no CUDA driver on this machine ({{.*}}); install NVIDIA's, or use --target=cpu{{$}}
// RUN: env GDN_CUDA_DRIVER=libm.so.6 not gdn-run %s --target=cuda:sm_80 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: gdn-run: error: the CUDA driver does not say its version: is it whole?
// RUN: not gdn-run %s --target=cuda:sm_75 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: gdn-run: error: expects target 'cuda' to be 'cuda', 'cuda:sm_80', 'cuda:sm_90a', 'cuda:sm_100a' or 'cuda:sm_120a', but got 'cuda:sm_75'{{$}}
// RUN: not gdn-run %s --device=1 2>&1 | FileCheck %s --check-prefix=DEVICE
// DEVICE: gdn-run: error: --device needs --target=cuda{{$}}
func.func @nothing() {
  return
}
