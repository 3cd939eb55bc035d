// What a driver without a GPU is asked, and what is said where one of its calls fails.
// REQUIRES: jit
// DEFINE: %{run} = gdn-run %s --target=cuda:sm_90a
// DEFINE: %{fake} = env GDN_CUDA_DRIVER=%gdn_obj_root/lib/libGdnFakeCudaDriver.so

// Two launches of a kernel that takes more shared memory than is plain: its limit is raised once.
// RUN: rm -f %t.log
// RUN: %{fake} GDN_FAKE_DRIVER_LOG=%t.log %{run} --entry=twice
// RUN: FileCheck %s --check-prefix=LOG --input-file=%t.log
// LOG: cuInit
// LOG: cuModuleLoadDataEx
// LOG: cuModuleGetFunction
// LOG: cuFuncSetAttribute 8 {{[0-9]+}}
// LOG: cuLaunchKernel grid 2 block 512 shared {{[0-9]+}}
// LOG-NOT: cuModuleLoadDataEx
// LOG-NOT: cuFuncSetAttribute
// LOG: cuLaunchKernel grid 2 block 512
// LOG: cuMemFree

// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuInit not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuInit
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuDevicePrimaryCtxRetain not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuDevicePrimaryCtxRetain
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuCtxSetCurrent not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuCtxSetCurrent
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuCtxGetId not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuCtxGetId
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuMemAlloc not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuMemAlloc
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuMemcpyHtoDAsync not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuMemcpyHtoDAsync
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuModuleLoadDataEx not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuModuleLoadDataEx
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuModuleGetFunction not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuModuleGetFunction
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuFuncSetAttribute not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuFuncSetAttribute
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuLaunchKernel not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuLaunchKernel
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuMemcpyDtoHAsync not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuMemcpyDtoHAsync
// RUN: %{fake} GDN_FAKE_DRIVER_FAIL=cuStreamSynchronize not %{run} --entry=once 2>&1 | FileCheck %s -DCALL=cuStreamSynchronize
// CHECK: gdn-run: error: {{.*}}[[CALL]] failed: unknown error (CUDA_ERROR_UNKNOWN)

// RUN: %{fake} GDN_FAKE_DRIVER_VERSION=11080 not %{run} --entry=once 2>&1 | FileCheck %s --check-prefix=OLD
// OLD: gdn-run: error: the CUDA driver is too old: it serves CUDA 11.8, but 12.0 is needed; update NVIDIA's driver
// RUN: env GDN_CUDA_DRIVER=%gdn_obj_root/lib/libGdnPartialCudaDriver.so not %{run} --entry=once 2>&1 | FileCheck %s --check-prefix=LACKS
// LACKS: gdn-run: error: the CUDA driver lacks cuCtxGetId, which that of CUDA 12.0 has; update NVIDIA's driver
// RUN: %{fake} GDN_FAKE_DRIVER_DEVICES=0 not %{run} --entry=once 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: gdn-run: error: there is no GPU on this machine: cuInit failed: unknown error (CUDA_ERROR_UNKNOWN); use --target=cpu
// RUN: %{fake} not %{run} --entry=once --device=1 2>&1 | FileCheck %s --check-prefix=DEVICE
// DEVICE: gdn-run: error: no device 1: this machine's GPUs are 0 to 0

!x = tensor<1x17x1x128xbf16>
!s = tensor<1x1x128x128xf32>
func.func @once(%x: !x {gdn.init = "normal(0.1)"}) -> !x {
  %o, %s = gdn.delta_rule %x, %x, %x : (!x, !x, !x) -> (!x, !s)
  return %o : !x
}

func.func @twice(%x: !x {gdn.init = "normal(0.1)"}) -> (!x, !x) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %y = scf.for %i = %c0 to %c2 step %c1 iter_args(%y = %x) -> !x {
    %o, %s = gdn.delta_rule %x, %x, %y : (!x, !x, !x) -> (!x, !s)
    scf.yield %o : !x
  }
  return %y, %x : !x, !x
}
