// RUN: gdn-opt %s --gdn-stage-on-device --split-input-file --verify-diagnostics | FileCheck %s

// What is only read is not copied back.
// CHECK-LABEL: func @axpy(
// CHECK-SAME:    %[[X:.*]]: memref<?xf32>, %[[Y:.*]]: memref<8xf32, strided<[?], offset: ?>>
// CHECK-DAG:     %[[DX:.*]] = gpu.alloc (%{{.*}}) : memref<?xf32>
// CHECK-DAG:     gpu.memcpy %[[DX]], %[[X]] : {{.*}} {gdn.direction = "to_device"}
// A buffer with gaps is packed.
// CHECK-DAG:     %[[PACKED:.*]] = memref.alloc() : memref<8xf32>
// CHECK-DAG:     memref.copy %[[Y]], %[[PACKED]]
// CHECK-DAG:     %[[DY:.*]] = gpu.alloc () : memref<8xf32>
// CHECK-DAG:     gpu.memcpy %[[DY]], %[[PACKED]] : {{.*}} {gdn.direction = "to_device"}
// CHECK:         gpu.launch
// CHECK:           %[[VIEW:.*]] = memref.cast %[[DY]]
// CHECK:           memref.load %[[DX]]
// CHECK:           memref.store %{{.*}}, %[[VIEW]]
// CHECK:           gpu.terminator
// CHECK-NOT:     gpu.memcpy %[[X]]
// CHECK:         gpu.memcpy %[[PACKED]], %[[DY]] : {{.*}} {gdn.direction = "to_host"}
// CHECK:         gpu.dealloc %[[DY]]
// CHECK:         memref.copy %[[PACKED]], %[[Y]]
// CHECK:         memref.dealloc %[[PACKED]]
// CHECK:         gpu.dealloc %[[DX]]
func.func @axpy(%x: memref<?xf32>, %y: memref<8xf32, strided<[?], offset: ?>>) {
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    %0 = memref.load %x[%tx] : memref<?xf32>
    memref.store %0, %y[%tx] : memref<8xf32, strided<[?], offset: ?>>
    gpu.terminator
  }
  return
}

// -----

// A kernel in a module of its own may write whatever it is handed.
// CHECK-LABEL: func @handed(
// CHECK-SAME:    %[[X:.*]]: memref<?xf32>
// CHECK:         %[[DX:.*]] = gpu.alloc (%{{.*}}) : memref<?xf32>
// CHECK:         gpu.memcpy %[[DX]], %[[X]] : {{.*}} {gdn.direction = "to_device"}
// CHECK:         gpu.launch_func @kernels::@kernel {{.*}} args(%[[DX]] : memref<?xf32>)
// CHECK:         gpu.memcpy %[[X]], %[[DX]] : {{.*}} {gdn.direction = "to_host"}
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @kernel(%x: memref<?xf32>) kernel {
      gpu.return
    }
  }
  func.func @handed(%x: memref<?xf32>) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<?xf32>)
    return
  }
}

// -----

func.func @gaps(%y: memref<8xf32, strided<[2]>>) {
  %c1 = arith.constant 1 : index
  // expected-error @below {{expects the buffers of a kernel to be row-major, but got 'memref<8xf32, strided<[2]>>'}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    %0 = memref.load %y[%tx] : memref<8xf32, strided<[2]>>
    gpu.terminator
  }
  return
}
