// The simulator finds in kernels of tensor cores what a GPU would not tell.
// REQUIRES: jit
// A thread that fails is left where it stands, and what its stack owns is lost.
// UNSUPPORTED: asan
// RUN: gdn-run %s --target=sim --entry=sound
// RUN: not gdn-run %s --target=sim --entry=swapped_registers 2>&1 | FileCheck %s --check-prefix=VALUE
// RUN: not gdn-run %s --target=sim --entry=missing_barrier 2>&1 | FileCheck %s --check-prefix=RACE
// RUN: not gdn-run %s --target=sim --entry=early_read 2>&1 | FileCheck %s --check-prefix=EARLY
// RUN: not gdn-run %s --target=sim --entry=wrong_parity 2>&1 | FileCheck %s --check-prefix=PARITY
module attributes {gpu.container_module} {
gpu.module @kernels {
  llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<512 x i8>
  llvm.mlir.global internal @bars() {addr_space = 3 : i32, alignment = 8 : i64} : !llvm.array<2 x i64>

  // x, of 16 x 16 bf16, times itself where its columns count as b's rows; the lanes' four sums follow each other in y.
  llvm.func @square(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>, %swap: i1) attributes {gpu.kernel, nvvm.kernel} {
    %lane = nvvm.read.ptx.sreg.tid.x : i32
    %c16 = llvm.mlir.constant(16 : i32) : i32
    %c8 = llvm.mlir.constant(8 : i32) : i32
    %c15 = llvm.mlir.constant(15 : i32) : i32
    %c4 = llvm.mlir.constant(4 : i32) : i32
    %zero = llvm.mlir.constant(0.0 : f32) : f32
    %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
    // Lane l copies 16 bytes of row l / 2.
    %offset = llvm.mul %lane, %c16 : i32
    %to = llvm.getelementptr %tile[%offset] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
    %from = llvm.getelementptr %x[%offset] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i8
    nvvm.cp.async.shared.global %to, %from, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
    nvvm.cp.async.commit.group
    nvvm.cp.async.wait.group 0
    nvvm.barrier0
    // Lane l gives the address of row l % 16, columns from 8 (l / 16) on.
    %row = llvm.and %lane, %c15 : i32
    %half = llvm.lshr %lane, %c4 : i32
    %rowBytes = llvm.mlir.constant(32 : i32) : i32
    %begin = llvm.mul %row, %rowBytes : i32
    %shift = llvm.mul %half, %c16 : i32
    %place = llvm.add %begin, %shift : i32
    %address = llvm.getelementptr %tile[%place] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
    %a = nvvm.ldmatrix %address {num = 4 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
    %a0 = llvm.extractvalue %a[0] : !llvm.struct<(i32, i32, i32, i32)>
    %a1 = llvm.extractvalue %a[1] : !llvm.struct<(i32, i32, i32, i32)>
    %a2 = llvm.extractvalue %a[2] : !llvm.struct<(i32, i32, i32, i32)>
    %a3 = llvm.extractvalue %a[3] : !llvm.struct<(i32, i32, i32, i32)>
    %second = llvm.select %swap, %a2, %a1 : i1, i32
    %third = llvm.select %swap, %a1, %a2 : i1, i32
    %d = nvvm.mma.sync A[%a0, %second, %third, %a3] B[%a0, %a2] C[%zero, %zero, %zero, %zero] {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, multiplicandAPtxType = #nvvm.mma_type<bf16>, multiplicandBPtxType = #nvvm.mma_type<bf16>, shape = #nvvm.shape<m = 16, n = 8, k = 16>} : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
    %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
    %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
    %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
    %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
    // Row l / 4 or 8 more, columns 2 (l % 4) and one more.
    %c3 = llvm.mlir.constant(3 : i32) : i32
    %two = llvm.mlir.constant(2 : i32) : i32
    %group = llvm.lshr %lane, %two : i32
    %inGroup = llvm.and %lane, %c3 : i32
    %column = llvm.mul %inGroup, %two : i32
    %rowBegin = llvm.mul %group, %c8 : i32
    %index = llvm.add %rowBegin, %column : i32
    %upper = llvm.getelementptr %y[%index] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    llvm.store %d0, %upper {alignment = 4 : i64} : f32, !llvm.ptr<1>
    %upper1 = llvm.getelementptr %upper[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
    llvm.store %d1, %upper1 {alignment = 4 : i64} : f32, !llvm.ptr<1>
    %lower = llvm.getelementptr %upper[64] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
    llvm.store %d2, %lower {alignment = 4 : i64} : f32, !llvm.ptr<1>
    %lower1 = llvm.getelementptr %lower[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
    llvm.store %d3, %lower1 {alignment = 4 : i64} : f32, !llvm.ptr<1>
    llvm.return
  }

  // What one warp stores, the other one loads: without waiting.
  llvm.func @hand_over(%x: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
    %tid = nvvm.read.ptx.sreg.tid.x : i32
    %c31 = llvm.mlir.constant(31 : i32) : i32
    %c16 = llvm.mlir.constant(16 : i32) : i32
    %lane = llvm.and %tid, %c31 : i32
    %offset = llvm.mul %lane, %c16 : i32
    %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %row = llvm.getelementptr %tile[%offset] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
    %first = llvm.icmp "ule" %tid, %c31 : i32
    llvm.cond_br %first, ^store, ^load
  ^store:
    nvvm.stmatrix %row, %tid, %tid, %tid, %tid {layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : !llvm.ptr<3>, i32, i32, i32, i32
    llvm.br ^end
  ^load:
    // RACE: kernel 'hand_over', CTA (0, 0, 0), thread (32, 0, 0): 'nvvm.ldmatrix' at {{.*}} reads offset 0 of shared variable 'tile' of 512 bytes, which thread (0, 0, 0) writes with no barrier between them
    %a = nvvm.ldmatrix %row {num = 1 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> i32
    llvm.br ^end
  ^end:
    llvm.return
  }

  // Reads what it copies with one group still under way.
  llvm.func @read_early(%x: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
    %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
    nvvm.cp.async.shared.global %tile, %x, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
    nvvm.cp.async.commit.group
    nvvm.cp.async.wait.group 1
    // EARLY: kernel 'read_early', {{.*}} reads offset 0 of shared variable 'tile' of 512 bytes, which an asynchronous copy of thread (0, 0, 0) writes with no wait between them
    %value = llvm.load %tile {alignment = 4 : i64} : !llvm.ptr<3> -> i32
    llvm.store %value, %x {alignment = 4 : i64} : i32, !llvm.ptr<1>
    llvm.return
  }

  // A slot goes round three times; the consumer waits for the phase after the one that it needs.
  llvm.func @ring(%x: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
    %tid = nvvm.read.ptx.sreg.tid.x : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %three = llvm.mlir.constant(3 : i32) : i32
    %full = llvm.mlir.addressof @bars : !llvm.ptr<3>
    %empty = llvm.getelementptr %full[1] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i64
    %isFirst = llvm.icmp "eq" %tid, %zero : i32
    llvm.cond_br %isFirst, ^init, ^begin
  ^init:
    nvvm.mbarrier.init %full, %one : !llvm.ptr<3>, i32
    nvvm.mbarrier.init %empty, %one : !llvm.ptr<3>, i32
    nvvm.fence.mbarrier.init
    llvm.br ^begin
  ^begin:
    nvvm.barrier0
    llvm.cond_br %isFirst, ^produce(%zero : i32), ^others
  ^produce(%i: i32):
    %parity = llvm.and %i, %one : i32
    %other = llvm.xor %parity, %one : i32
    nvvm.mbarrier.try_wait.parity %empty, %other, %one : !llvm.ptr<3>, i32, i32
    %state = nvvm.mbarrier.arrive %full : !llvm.ptr<3> -> i64
    %i1 = llvm.add %i, %one : i32
    %more = llvm.icmp "slt" %i1, %three : i32
    llvm.cond_br %more, ^produce(%i1 : i32), ^end
  ^others:
    %c32 = llvm.mlir.constant(32 : i32) : i32
    %isConsumer = llvm.icmp "eq" %tid, %c32 : i32
    llvm.cond_br %isConsumer, ^consume(%one : i32), ^end
  ^consume(%j: i32):
    %wrong = llvm.and %j, %one : i32
    // PARITY: kernel 'ring', CTA (0, 0, 0): {{.*}}thread (32, 0, 0) waits at 'nvvm.mbarrier.try_wait.parity' at {{.*}} for phase {{[0-9]}} of the mbarrier at offset 0 of shared variable 'bars' of 16 bytes, which lacks 1 of 1 arrivals and 0 bytes
    nvvm.mbarrier.try_wait.parity %full, %wrong, %one : !llvm.ptr<3>, i32, i32
    %state1 = nvvm.mbarrier.arrive %empty : !llvm.ptr<3> -> i64
    %j1 = llvm.add %j, %one : i32
    %four = llvm.mlir.constant(4 : i32) : i32
    %moreSlots = llvm.icmp "slt" %j1, %four : i32
    llvm.cond_br %moreSlots, ^consume(%j1 : i32), ^end
  ^end:
    llvm.return
  }
}

// Rows of 1 and 2, then rows of 3 and 0.5, in halves of eight columns.
func.func private @expect_square(%swap: i1) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 32 : index
  %ones = arith.constant dense<1.0> : tensor<16x16xbf16>
  %twos = arith.constant dense<2.0> : tensor<8x8xbf16>
  %threes = arith.constant dense<3.0> : tensor<8x8xbf16>
  %halves = arith.constant dense<0.5> : tensor<8x8xbf16>
  %x0 = tensor.insert_slice %twos into %ones[0, 8] [8, 8] [1, 1] : tensor<8x8xbf16> into tensor<16x16xbf16>
  %x1 = tensor.insert_slice %threes into %x0[8, 0] [8, 8] [1, 1] : tensor<8x8xbf16> into tensor<16x16xbf16>
  %x = tensor.insert_slice %halves into %x1[8, 8] [8, 8] [1, 1] : tensor<8x8xbf16> into tensor<16x16xbf16>
  %zero = arith.constant dense<0.0> : tensor<16x8xf32>
  %y = bufferization.alloc_tensor() copy(%zero) : tensor<16x8xf32>
  %from = bufferization.to_buffer %x : tensor<16x16xbf16> to memref<16x16xbf16>
  %to = bufferization.to_buffer %y : tensor<16x8xf32> to memref<16x8xf32>
  gpu.launch_func @kernels::@square blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%from : memref<16x16xbf16>, %to : memref<16x8xf32>, %swap : i1)
  %result = bufferization.to_tensor %to restrict : memref<16x8xf32> to tensor<16x8xf32>
  %forty = arith.constant dense<40.0> : tensor<16x8xf32>
  %others = arith.constant dense<32.0> : tensor<8x8xf32>
  %expected = tensor.insert_slice %others into %forty[8, 0] [8, 8] [1, 1] : tensor<8x8xf32> into tensor<16x8xf32>
  check.expect_close %result, %expected {atol = 0.0 : f32, rtol = 0.0 : f32} : tensor<16x8xf32>
  return
}

func.func @sound() {
  %false = arith.constant false
  call @expect_square(%false) : (i1) -> ()
  return
}

// VALUE: at [0, 0], is 56 instead of 40
func.func @swapped_registers() {
  %true = arith.constant true
  call @expect_square(%true) : (i1) -> ()
  return
}

func.func @missing_barrier(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 64 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@hand_over blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}

func.func @early_read(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 1 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@read_early blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}

func.func @wrong_parity(%x: tensor<64xf32> {gdn.init = "normal(1)"}) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 64 : index
  %host = bufferization.to_buffer %x : tensor<64xf32> to memref<64xf32>
  gpu.launch_func @kernels::@ring blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1) args(%host : memref<64xf32>)
  return
}
}
