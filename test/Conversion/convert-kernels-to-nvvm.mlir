// RUN: gdn-opt %s --pass-pipeline='builtin.module(gpu.module(convert-kernels-to-nvvm))' --split-input-file --verify-diagnostics | FileCheck %s

// Bare pointers, 64-bit offsets, LLVM's own functions.
// CHECK-LABEL: llvm.func @kernel
// CHECK-SAME:    %arg0: !llvm.ptr, %arg1: i64) attributes {{.*}}nvvm.kernel
// CHECK:         nvvm.read.ptx.sreg.tid.x
// CHECK:         llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr -> vector<4xf32>
// CHECK:         llvm.intr.sqrt(%{{.*}}) : (vector<4xf32>)
// CHECK:         nvvm.shfl.sync bfly
// CHECK-NOT:     __nv_
gpu.module @kernels {
  gpu.func @kernel(%base: memref<f32>, %i: index) kernel {
    %x = gpu.thread_id x
    %m = memref.reinterpret_cast %base to offset: [0], sizes: [128], strides: [1] : memref<f32> to memref<128xf32>
    %0 = vector.load %m[%x] {alignment = 16 : i64} : memref<128xf32>, vector<4xf32>
    %1 = math.sqrt %0 : vector<4xf32>
    %2 = vector.extract %1[0] : f32 from vector<4xf32>
    %c1 = arith.constant 1 : i32
    %c32 = arith.constant 32 : i32
    %3, %valid = gpu.shuffle xor %2, %c1, %c32 : f32
    memref.store %3, %m[%i] : memref<128xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @kernel(%x: f32, %m: memref<f32>) kernel {
    // expected-error @below {{has no lowering for a GPU but the library function '__nv_erff'}}
    %0 = math.erf %x : f32
    memref.store %0, %m[] : memref<f32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @kernel(%i: index, %x: f32) kernel {
    // expected-error @below {{has no lowering for a GPU but the library function 'malloc'}}
    %m = memref.alloc(%i) : memref<?xf32>
    memref.store %x, %m[%i] : memref<?xf32>
    gpu.return
  }
}
