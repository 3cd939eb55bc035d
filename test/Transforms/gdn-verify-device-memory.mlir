// RUN: gdn-opt %s --gdn-verify-device-memory --split-input-file --verify-diagnostics
// What kernels do with arguments and views of them, and what the host does with memory of its own, is all right.
func.func @sound(%x: memref<?x8xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %size = memref.dim %x, %c0 : memref<?x8xf32>
  %view = memref.subview %x[%n, 0] [1, 8] [1, 1] : memref<?x8xf32> to memref<8xf32, strided<[1], offset: ?>>
  %own = memref.alloc() : memref<f32>
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %own[] : memref<f32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %size, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    %0 = memref.load %view[%tx] : memref<8xf32, strided<[1], offset: ?>>
    memref.store %0, %x[%bx, %tx] : memref<?x8xf32>
    gpu.terminator
  }
  memref.dealloc %own : memref<f32>
  return
}

// The tensors of a private function are the host's: no call may hand it others.
func.func private @helper(%x: memref<8xf32>, %i: index) -> f32 {
  %0 = memref.load %x[%i] : memref<8xf32>
  return %0 : f32
}

// -----

// C1: the host's allocation.
func.func @allocated() {
  %c1 = arith.constant 1 : index
  %x = memref.alloc() : memref<8xf32>
  // expected-error @below {{expects the buffers of a kernel to be arguments or results of the function, in the GPU's memory, but got one of memref.alloc; leave out device-memory}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    %0 = memref.load %x[%tx] : memref<8xf32>
    gpu.terminator
  }
  return
}

// -----

// C1: which of them a loop carries does not show.
func.func @carried(%x: memref<8xf32>, %y: memref<8xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y) -> (memref<8xf32>, memref<8xf32>) {
    // expected-error @below {{in the GPU's memory, but got one of a loop; leave out device-memory}}
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
        threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
      %0 = memref.load %a[%tx] : memref<8xf32>
      gpu.terminator
    }
    scf.yield %b, %a : memref<8xf32>, memref<8xf32>
  }
  return
}

// -----

// C2: a copy reads.
func.func @copy(%x: memref<8xf32>) {
  %y = memref.alloc() : memref<8xf32>
  // expected-error @below {{'memref.copy' op runs on the host, which does not reach tensors in the GPU's memory; leave out device-memory}}
  memref.copy %x, %y : memref<8xf32> to memref<8xf32>
  return
}

// -----

// C2: so does a load, of a view and in a loop.
func.func @load(%x: memref<8xf32>, %n: index) {
  %view = memref.subview %x[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
  scf.forall (%i) in (%n) {
    // expected-error @below {{'memref.load' op runs on the host}}
    %0 = memref.load %view[%i] : memref<4xf32, strided<[1], offset: 4>>
  }
  return
}

// -----

// C2: a store, a linalg op.
func.func @fill(%x: memref<8xf32>) {
  %zero = arith.constant 0.0 : f32
  // expected-error @below {{'linalg.fill' op runs on the host}}
  linalg.fill ins(%zero : f32) outs(%x : memref<8xf32>)
  return
}

// -----

// C2: a function may read what it is handed.
func.func private @print(memref<8xf32>)
func.func @call(%x: memref<8xf32>) {
  // expected-error @below {{'func.call' op runs on the host}}
  call @print(%x) : (memref<8xf32>) -> ()
  return
}

// -----

// C1: nor is the memory of a private function's arguments known.
func.func private @inner(%x: memref<8xf32>) {
  %c1 = arith.constant 1 : index
  // expected-error @below {{in the GPU's memory, but got one of a private function; leave out device-memory}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
    %0 = memref.load %x[%tx] : memref<8xf32>
    gpu.terminator
  }
  return
}

// -----

// The same for kernels that are outlined: a view of an argument is all right, and what they do with it is their own.
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @fill(%x: memref<f32>) kernel {
      %zero = arith.constant 0.0 : f32
      memref.store %zero, %x[] : memref<f32>
      gpu.return
    }
  }
  func.func @outlined(%x: memref<8xf32>, %n: index) {
    %base, %offset, %size, %stride = memref.extract_strided_metadata %x : memref<8xf32> -> memref<f32>, index, index, index
    gpu.launch_func @kernels::@fill blocks in (%n, %n, %n) threads in (%n, %n, %n) args(%base : memref<f32>)
    return
  }
  func.func @outlined_allocated(%n: index) {
    %own = memref.alloc() : memref<f32>
    // expected-error @below {{in the GPU's memory, but got one of memref.alloc; leave out device-memory}}
    gpu.launch_func @kernels::@fill blocks in (%n, %n, %n) threads in (%n, %n, %n) args(%own : memref<f32>)
    return
  }
}
