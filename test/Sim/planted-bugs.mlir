// The simulator finds in a kernel what a GPU would not tell, and says where.
// REQUIRES: jit
// A thread that fails is left where it stands, and what its stack owns is lost.
// UNSUPPORTED: asan
// RUN: gdn-run %s --target=sim --entry=sound
// RUN: not gdn-run %s --target=sim --entry=missing_barrier 2>&1 | FileCheck %s --check-prefix=RACE
// RUN: not gdn-run %s --target=sim --entry=misaligned 2>&1 | FileCheck %s --check-prefix=ALIGN
// RUN: not gdn-run %s --target=sim --entry=off_by_one 2>&1 | FileCheck %s --check-prefix=BOUNDS
// RUN: not gdn-run %s --target=sim --entry=divergent_shuffle 2>&1 | FileCheck %s --check-prefix=DIVERGE
// RUN: not gdn-run %s --target=sim --entry=never_written 2>&1 | FileCheck %s --check-prefix=UNWRITTEN
// RUN: not gdn-run %s --target=sim --entry=fresh 2>&1 | FileCheck %s --check-prefix=FRESH
module attributes {gpu.container_module} {
gpu.module @kernels {
  llvm.mlir.global internal @buffer() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<64 x f32>

  // Each thread reads what its neighbour wrote into shared memory.
  llvm.func @exchange(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %tid = nvvm.read.ptx.sreg.tid.x : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %mask = llvm.mlir.constant(63 : i32) : i32
    %next = llvm.add %tid, %one : i32
    %other = llvm.and %next, %mask : i32
    %base = llvm.mlir.addressof @buffer : !llvm.ptr<3>
    %from = llvm.getelementptr %x[%tid] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    %value = llvm.load %from {alignment = 4 : i64} : !llvm.ptr -> f32
    %mine = llvm.getelementptr %base[%tid] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    llvm.store %value, %mine {alignment = 4 : i64} : f32, !llvm.ptr<3>
    nvvm.barrier0
    %its = llvm.getelementptr %base[%other] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %read = llvm.load %its {alignment = 4 : i64} : !llvm.ptr<3> -> f32
    llvm.store %read, %from {alignment = 4 : i64} : f32, !llvm.ptr
    llvm.return
  }
  // Each thread writes twice, and its neighbour's place without waiting.
  llvm.func @exchange_without_barrier(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %tid = nvvm.read.ptx.sreg.tid.x : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %mask = llvm.mlir.constant(63 : i32) : i32
    %next = llvm.add %tid, %one : i32
    %other = llvm.and %next, %mask : i32
    %base = llvm.mlir.addressof @buffer : !llvm.ptr<3>
    %from = llvm.getelementptr %x[%tid] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    %value = llvm.load %from {alignment = 4 : i64} : !llvm.ptr -> f32
    // RACE: gdn-run: error: kernel 'exchange_without_barrier', CTA (0, 0, 0), thread (1, 0, 0): 'llvm.store' at {{.*}} writes offset 4 of shared variable 'buffer' of 256 bytes, which thread (0, 0, 0) writes with no barrier between them
    %its = llvm.getelementptr %base[%tid] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    llvm.store %value, %its {alignment = 4 : i64} : f32, !llvm.ptr<3>
    %zero = llvm.getelementptr %base[%other] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    llvm.store %value, %zero {alignment = 4 : i64} : f32, !llvm.ptr<3>
    llvm.return
  }
  // 16 bytes from each multiple of 4.
  llvm.func @load_vectors(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %tid = nvvm.read.ptx.sreg.tid.x : i32
    %from = llvm.getelementptr %x[%tid] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    // ALIGN: kernel 'load_vectors', CTA (0, 0, 0), thread (1, 0, 0): 'llvm.load' at {{.*}} reads 16 bytes at offset 4 {{.*}}, an address that is no multiple of 16
    %value = llvm.load %from {alignment = 16 : i64} : !llvm.ptr -> vector<4xf32>
    %zero = llvm.mlir.constant(0 : i32) : i32
    %first = llvm.extractelement %value[%zero : i32] : vector<4xf32>
    llvm.store %first, %from {alignment = 4 : i64} : f32, !llvm.ptr
    llvm.return
  }
  // Writes 1 to 64 where there are 0 to 63.
  llvm.func @shifted(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %tid = nvvm.read.ptx.sreg.tid.x : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %next = llvm.add %tid, %one : i32
    %from = llvm.getelementptr %x[%next] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    // BOUNDS: kernel 'shifted', CTA (0, 0, 0), thread (63, 0, 0): 'llvm.store' at {{.*}} writes 4 bytes out of bounds, at offset 256
    %value = llvm.mlir.constant(1.0 : f32) : f32
    llvm.store %value, %from {alignment = 4 : i64} : f32, !llvm.ptr
    llvm.return
  }
  // The upper lanes never come to the shuffle that waits for all.
  llvm.func @half_shuffle(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %tid = nvvm.read.ptx.sreg.tid.x : i32
    %sixteen = llvm.mlir.constant(16 : i32) : i32
    %all = llvm.mlir.constant(-1 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %low = llvm.icmp "ult" %tid, %sixteen : i32
    llvm.cond_br %low, ^shuffle, ^end
  ^shuffle:
    // DIVERGE: kernel 'half_shuffle', CTA (0, 0, 0): lanes 0-15 of warp 0 wait at 'nvvm.shfl.sync' at {{.*}} for lanes 16-31, which exited
    %0 = nvvm.shfl.sync bfly %all, %tid, %sixteen, %clamp : i32 -> i32
    llvm.br ^end
  ^end:
    llvm.return
  }
  llvm.func @read_first(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %base = llvm.mlir.addressof @buffer : !llvm.ptr<3>
    // UNWRITTEN: kernel 'read_first', {{.*}} reads offset 0 of shared variable 'buffer' of 256 bytes, which was never written
    %value = llvm.load %base {alignment = 4 : i64} : !llvm.ptr<3> -> f32
    llvm.store %value, %x {alignment = 4 : i64} : f32, !llvm.ptr
    llvm.return
  }
}

func.func @sound(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 64 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@exchange blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}

func.func @missing_barrier(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 64 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@exchange_without_barrier blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}

func.func @misaligned(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 64 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@load_vectors blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}

func.func @off_by_one(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 64 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@shifted blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}

func.func @divergent_shuffle(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 32 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@half_shuffle blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}

func.func @never_written(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 64 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@read_first blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}

// A kernel reads what it should have written: nothing that the host happened to find there hides it.
func.func @fresh() -> tensor<64xf32> {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 64 : index
  %fresh = bufferization.alloc_tensor() : tensor<64xf32>
  %host = bufferization.to_buffer %fresh : tensor<64xf32> to memref<64xf32>
  // FRESH: kernel 'exchange', CTA (0, 0, 0), thread (0, 0, 0): 'llvm.load' at {{.*}} reads offset 0 {{.*}}, which was never written
  gpu.launch_func @kernels::@exchange blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return %fresh : tensor<64xf32>
}
}
