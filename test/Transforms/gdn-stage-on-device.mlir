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

// -----

// A fresh buffer has nothing to copy to the GPU, not even through a view; what a kernel or the host has put there has.
// CHECK-LABEL: func @fresh(
// CHECK:         %[[NEW:.*]] = memref.alloc() : memref<8xf32>
// CHECK:         %[[FILLED:.*]] = memref.alloc() : memref<8xf32>
// CHECK:         memref.store %{{.*}}, %[[FILLED]]
// CHECK-NOT:     gpu.memcpy %{{.*}}, %[[NEW]]
// CHECK:         gpu.memcpy %{{.*}}, %[[FILLED]] : {{.*}} {gdn.direction = "to_device"}
// CHECK-NOT:     gpu.memcpy %{{.*}}, %[[NEW]]
// CHECK:         gpu.launch
// CHECK:         gpu.memcpy %[[NEW]], %{{.*}} {gdn.direction = "to_host"}
// CHECK:         gpu.memcpy %{{.*}}, %[[NEW]] : {{.*}} {gdn.direction = "to_device"}
// CHECK:         gpu.launch
func.func @fresh(%x: f32) -> memref<8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %new = memref.alloc() : memref<8xf32>
  %view = memref.subview %new[0] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1]>>
  %filled = memref.alloc() : memref<8xf32>
  memref.store %x, %filled[%c0] : memref<8xf32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    %0 = memref.load %filled[%tx] : memref<8xf32>
    memref.store %0, %new[%tx] : memref<8xf32>
    gpu.terminator
  }
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    %0 = memref.load %new[%tx] : memref<8xf32>
    memref.store %0, %new[%tx] : memref<8xf32>
    gpu.terminator
  }
  memref.store %x, %view[%c0] : memref<4xf32, strided<[1]>>
  return %new : memref<8xf32>
}

// -----

// Written through a view, and in an earlier iteration of a loop.
// CHECK-LABEL: func @not_fresh(
// CHECK:         %[[VIEWED:.*]] = memref.alloc() : memref<8xf32>
// CHECK:         %[[LOOPED:.*]] = memref.alloc() : memref<8xf32>
// CHECK:         scf.for
// CHECK-DAG:       gpu.memcpy %{{.*}}, %[[VIEWED]] : {{.*}} {gdn.direction = "to_device"}
// CHECK-DAG:       gpu.memcpy %{{.*}}, %[[LOOPED]] : {{.*}} {gdn.direction = "to_device"}
// CHECK:           gpu.launch
func.func @not_fresh(%x: f32, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %viewed = memref.alloc() : memref<8xf32>
  %view = memref.subview %viewed[0] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1]>>
  memref.store %x, %view[%c0] : memref<4xf32, strided<[1]>>
  %looped = memref.alloc() : memref<8xf32>
  scf.for %i = %c0 to %n step %c1 {
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
        threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
      %0 = memref.load %viewed[%tx] : memref<8xf32>
      memref.store %0, %looped[%tx] : memref<8xf32>
      gpu.terminator
    }
  }
  return
}

// -----

// What is written through a choice may be either: both come back.
// CHECK-LABEL: func @choice(
// CHECK-SAME:    %[[X:.*]]: memref<8xf32>, %[[Y:.*]]: memref<8xf32>
// CHECK-DAG:     gpu.memcpy %[[DX:.*]], %[[X]] : {{.*}} {gdn.direction = "to_device"}
// CHECK-DAG:     gpu.memcpy %[[DY:.*]], %[[Y]] : {{.*}} {gdn.direction = "to_device"}
// CHECK:         gpu.launch
// CHECK:           arith.select %{{.*}}, %[[DX]], %[[DY]]
// CHECK:           gpu.terminator
// CHECK-DAG:     gpu.memcpy %[[X]], %[[DX]] : {{.*}} {gdn.direction = "to_host"}
// CHECK-DAG:     gpu.memcpy %[[Y]], %[[DY]] : {{.*}} {gdn.direction = "to_host"}
func.func @choice(%x: memref<8xf32>, %y: memref<8xf32>, %which: i1, %v: f32) {
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    %chosen = arith.select %which, %x, %y : memref<8xf32>
    memref.store %v, %chosen[%tx] : memref<8xf32>
    gpu.terminator
  }
  return
}
