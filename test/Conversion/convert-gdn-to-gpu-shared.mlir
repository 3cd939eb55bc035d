// RUN: gdn-opt %s --pass-pipeline='builtin.module(gpu.module(convert-gdn-to-gpu,canonicalize,cse))' \
// RUN:   --split-input-file --verify-diagnostics | FileCheck %s
#mma = #gdn.mma<warps = [1, 1]>
#tokens = #gdn.blocked<per_lane = [1, 2], lanes = [1, 32], warps = [1, 1]>
#halves = #gdn.blocked<per_lane = [1, 1], lanes = [2, 16], warps = [1, 1]>
#pairs = #gdn.blocked<per_lane = [1, 1, 2], lanes = [1, 8, 4], warps = [1, 1, 1]>
!buffer = !gdn.shared<2x16x64xbf16, swizzle = 128>
!event = !gdn.event<stages = 2, arrivals = 1>
gpu.module @kernels {
  // All of a launch's shared memory is one variable; buffers are places in it. Four matrices of 8 x 8 make a tile.
  // CHECK:       llvm.mlir.global external @gdn_shared() {addr_space = 3 : i32, alignment = 1024 : i64}
  // CHECK-LABEL: gpu.func @load
  // CHECK:         %[[BASE:.*]] = llvm.mlir.addressof @gdn_shared
  // CHECK:         %[[BUFFER:.*]] = llvm.getelementptr %[[BASE]][1024]
  // The swizzle of the 16-byte parts of a row.
  // CHECK:         arith.xori
  // CHECK:         %[[PLACE:.*]] = llvm.getelementptr %[[BUFFER]][
  // CHECK:         llvm.load %[[PLACE]]
  // CHECK-NOT:     nvvm.ldmatrix
  gpu.func @load(%m: memref<16x16xbf16>, %slot: index) kernel {
    %c0 = arith.constant 0 : index
    %s = gdn.shared_alloc at 1024 : !buffer
    %t = gdn.shared_load %s[%slot, %c0, %c0] : !buffer to !gdn.tile<16x16xbf16, #mma>
    gdn.tile_store %t, %m[%c0, %c0] : !gdn.tile<16x16xbf16, #mma>, memref<16x16xbf16>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @load_transposed
  // CHECK:         nvvm.ldmatrix {{.*}}mma_layout<col>, num = 4
  gpu.func @load_transposed(%m: memref<16x16xbf16>, %slot: index) kernel {
    %c0 = arith.constant 0 : index
    %s = gdn.shared_alloc at 1024 : !buffer
    %t = gdn.shared_load %s[%slot, %c0, %c0] transposed : !buffer to !gdn.tile<16x16xbf16, #mma>
    gdn.tile_store %t, %m[%c0, %c0] : !gdn.tile<16x16xbf16, #mma>, memref<16x16xbf16>
    gpu.return
  }

  // 32 terms of a sum are four products of 8, one after the other; a core matrix of 8 rows and 16 bytes is loaded as one.
  // CHECK-LABEL: gpu.func @product
  // CHECK:         %[[B:.*]] = nvvm.ldmatrix {{.*}} num = 4
  // CHECK:         %[[SUM:.*]] = nvvm.mma.sync {{.*}}tf32{{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 8>
  // CHECK:         %[[FIRST:.*]] = llvm.extractvalue %[[SUM]][0]
  // CHECK:         nvvm.mma.sync {{.*}} C[%[[FIRST]],
  // CHECK:         nvvm.ldmatrix {{.*}} num = 4
  // CHECK-COUNT-2: nvvm.mma.sync
  // CHECK-NOT:     nvvm.mma.sync
  // CHECK:         gpu.return
  gpu.func @product(%a: memref<16x32xf32>, %m: memref<16x8xf32>, %slot: index) kernel {
    %c0 = arith.constant 0 : index
    %s = gdn.shared_alloc at 1024 : !gdn.shared<2x8x32xtf32, cores = [144, 144]>
    %t = gdn.tile_load %a[%c0, %c0] : memref<16x32xf32> to !gdn.tile<16x32xf32, #mma>
    %zero = arith.constant 0.0 : f32
    %c = gdn.tile_splat %zero : f32 to !gdn.tile<16x8xf32, #mma>
    %r = gdn.tile_mma %t, %s[%slot, %c0, %c0], %c
        : !gdn.tile<16x32xf32, #mma>, !gdn.shared<2x8x32xtf32, cores = [144, 144]>, !gdn.tile<16x8xf32, #mma>
    gdn.tile_store %r, %m[%c0, %c0] : !gdn.tile<16x8xf32, #mma>, memref<16x8xf32>
    gpu.return
  }

  // A warpgroup does it in one instruction for each 8 terms; the left factor is rounded by half of its last bit that
  // counts.
  // CHECK-LABEL: gpu.func @product_of_group
  // CHECK:         arith.addi %{{.*}}, %{{.*}} : vector<2x8xi32>
  // CHECK:         gdn.ptx_wgmma %{{.*}}, %{{.*}}, %{{.*}} stride 144 leading 144 : vector<16xi32>, <3>, vector<4xf32>
  // CHECK-NOT:     nvvm.mma.sync
  // CHECK:         gpu.return
  gpu.func @product_of_group(%a: memref<64x32xf32>, %m: memref<64x8xf32>, %slot: index) kernel {
    %c0 = arith.constant 0 : index
    %s = gdn.shared_alloc at 1024 : !gdn.shared<2x8x32xtf32, cores = [144, 144]>
    %t = gdn.tile_load %a[%c0, %c0] : memref<64x32xf32> to !gdn.tile<64x32xf32, #gdn.mma<warps = [4, 1]>>
    %u = gdn.tile_cast %t : !gdn.tile<64x32xf32, #gdn.mma<warps = [4, 1]>> to !gdn.tile<64x32xtf32, #gdn.mma<warps = [4, 1]>>
    %zero = arith.constant 0.0 : f32
    %c = gdn.tile_splat %zero : f32 to !gdn.tile<64x8xf32, #gdn.mma<warps = [4, 1]>>
    %r = gdn.tile_mma %u, %s[%slot, %c0, %c0], %c warpgroup
        : !gdn.tile<64x32xtf32, #gdn.mma<warps = [4, 1]>>, !gdn.shared<2x8x32xtf32, cores = [144, 144]>,
          !gdn.tile<64x8xf32, #gdn.mma<warps = [4, 1]>>
    gdn.tile_store %r, %m[%c0, %c0] : !gdn.tile<64x8xf32, #gdn.mma<warps = [4, 1]>>, memref<64x8xf32>
    gpu.return
  }

  // Of blocks of 4 rows, those of the second one decay over the first one.
  // CHECK-LABEL: gpu.func @decay_half
  // CHECK-COUNT-4: vector.load %arg0
  // CHECK:         %[[FIRST_IN_SECOND:.*]] = vector.load %arg0[%c4,
  // CHECK-COUNT-3: vector.load %arg0
  // CHECK:         %[[TOTAL:.*]] = vector.load %arg1[%c0,
  // CHECK-NEXT:    arith.mulf %[[TOTAL]], %[[FIRST_IN_SECOND]]
  // CHECK-COUNT-3: arith.mulf %[[TOTAL]],
  // CHECK-NOT:     arith.mulf
  // CHECK:         gpu.return
  gpu.func @decay_half(%a: memref<8x64xf32>, %b: memref<2x64xf32>) kernel {
    %c0 = arith.constant 0 : index
    %t = gdn.tile_load %a[%c0, %c0] : memref<8x64xf32> to !gdn.tile<8x64xf32, #tokens>
    %u = gdn.tile_load %b[%c0, %c0] : memref<2x64xf32> to !gdn.tile<2x64xf32, #tokens>
    %d = gdn.tile_decay_half %t by %u blocks 4 upper : !gdn.tile<8x64xf32, #tokens>, !gdn.tile<2x64xf32, #tokens>
    gdn.tile_store %d, %a[%c0, %c0] : !gdn.tile<8x64xf32, #tokens>, memref<8x64xf32>
    gpu.return
  }

  // Rows 4 to 7, which are registers 4 to 7, move to registers 0 to 3; with a pitch, each row lies 144 bytes further.
  // CHECK-LABEL: gpu.func @half
  // CHECK:         %[[ROW:.*]] = vector.load %arg0[%c4,
  // CHECK:         %[[NEXT:.*]] = vector.load %arg0[%c5,
  // CHECK:         llvm.store %[[ROW]], %{{.*}} {alignment = 4
  // CHECK:         arith.addi %{{.*}}, %c144
  // CHECK:         llvm.store %[[NEXT]], %{{.*}} {alignment = 4
  gpu.func @half(%a: memref<8x64xbf16>, %slot: index) kernel {
    %c0 = arith.constant 0 : index
    %s = gdn.shared_alloc at 0 : !gdn.shared<2x8x64xbf16, pitch = 144>
    %t = gdn.tile_load %a[%c0, %c0] : memref<8x64xbf16> to !gdn.tile<8x64xbf16, #tokens>
    %h = gdn.tile_half %t blocks 4 upper : !gdn.tile<8x64xbf16, #tokens> to !gdn.tile<4x64xbf16, #tokens>
    gdn.shared_store %h, %s[%slot, %c0, %c0] : !gdn.tile<4x64xbf16, #tokens>, !gdn.shared<2x8x64xbf16, pitch = 144>
    gpu.return
  }

  // 16 rows with 8 rows over 32 columns: two steps, of which the right factor is loaded at once.
  // CHECK-LABEL: gpu.func @pairs
  // CHECK:         nvvm.ldmatrix {{.*}}mma_layout<row>, num = 4
  // CHECK:         nvvm.ldmatrix {{.*}}mma_layout<row>, num = 4
  // CHECK:         nvvm.mma.sync {{.*}}bf16{{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 16>
  // CHECK:         nvvm.ldmatrix {{.*}}mma_layout<row>, num = 4
  // CHECK-NOT:     nvvm.ldmatrix
  // CHECK:         nvvm.mma.sync
  // CHECK-NOT:     nvvm.mma.sync
  // Pairs of rows in neighbouring blocks of 2 alone are stored, two at a time.
  // CHECK:         arith.cmpi eq
  // CHECK:         scf.if
  // CHECK:           llvm.store %{{.*}} : vector<2xf32>
  // CHECK-NOT:     llvm.store
  // CHECK:         gpu.return
  gpu.func @pairs(%slot: index) kernel {
    %c0 = arith.constant 0 : index
    %q = gdn.shared_alloc at 0 : !gdn.shared<2x16x32xbf16, pitch = 80>
    %s = gdn.shared_alloc at 4096 : !gdn.shared<1x16x16xf32>
    %r = gdn.tile_pair_mma %q[%slot, %c0, %c0], %q[%slot, %c0, %c0]
        : !gdn.shared<2x16x32xbf16, pitch = 80>, !gdn.shared<2x16x32xbf16, pitch = 80> to !gdn.tile<1x16x8xf32, #pairs>
    %h = gdn.tile_half %r blocks 8 : !gdn.tile<1x16x8xf32, #pairs> to !gdn.tile<1x8x8xf32, #pairs>
    gdn.shared_store_pairs %h, %s[%c0] blocks 2 : !gdn.tile<1x8x8xf32, #pairs>, !gdn.shared<1x16x16xf32>
    gpu.return
  }

  // Use u stands in place u % 2, in round u / 2. One thread makes the barriers, and one speaks for its warp.
  // CHECK-LABEL: gpu.func @events(
  // CHECK-SAME:    %[[USE:.*]]: index
  // CHECK:         %[[T:.*]] = gpu.thread_id x
  // CHECK:         %[[IS_FIRST:.*]] = arith.cmpi eq, %[[T]], %c0
  // CHECK:         scf.if %[[IS_FIRST]] {
  // CHECK-COUNT-2:   nvvm.mbarrier.init
  // CHECK-NOT:       nvvm.mbarrier.init
  // CHECK:         gpu.barrier
  // The round before the first one counts as complete.
  // CHECK:         %[[ROUND:.*]] = arith.divui %[[USE]], %c2
  // CHECK:         %[[OTHER:.*]] = arith.addi %[[ROUND]], %c1
  // CHECK:         %[[PARITY:.*]] = arith.remui %[[OTHER]], %c2
  // CHECK:         %[[BIT:.*]] = arith.index_cast %[[PARITY]]
  // CHECK:         nvvm.mbarrier.try_wait.parity %[[PLACE:.*]], %[[BIT]],
  // CHECK:         nvvm.bar.warp.sync
  // CHECK:         scf.if
  // CHECK:           nvvm.mbarrier.arrive %[[PLACE]]
  // CHECK:         nvvm.cp.async.mbarrier.arrive %[[PLACE]] {noinc = true}
  // CHECK:         nvvm.mbarrier.try_wait.parity %[[PLACE]]
  gpu.func @events(%use: index) kernel {
    %e = gdn.event_create at 0 : !event
    gpu.barrier
    gdn.event_wait %e[%use] previous : !event
    gdn.event_arrive %e[%use] : !event
    gdn.event_arrive %e[%use] copies : !event
    gdn.event_wait %e[%use] : !event
    gpu.return
  }

  // 16 rows of 8 parts are four parts for each of 32 threads; rows that are not valid read no byte.
  // CHECK-LABEL: gpu.func @copy(
  // CHECK-SAME:    %[[VALID:[a-z0-9]+]]: index) kernel
  // CHECK:         %[[IS:.*]] = arith.cmpi ult, %{{.*}}, %[[VALID]]
  // CHECK:         %[[BYTES:.*]] = arith.select %[[IS]], %c16_i32, %c0_i32
  // CHECK:         nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16, cache = cg, %[[BYTES]]
  // CHECK-COUNT-3: nvvm.cp.async.shared.global
  // CHECK-NOT:     nvvm.cp.async.shared.global
  gpu.func @copy(%m: memref<?x64xbf16>, %row: index, %valid: index) kernel {
    %s = gdn.shared_alloc at 1024 : !buffer
    gdn.copy_in %m[%row] valid %valid to %s[%row] : memref<?x64xbf16> to !buffer
    gpu.return
  }

  // Numbers of tokens that are not valid are not read.
  // CHECK-LABEL: gpu.func @scalars(
  // CHECK-SAME:    %[[VALID:[a-z0-9]+]]: index) kernel
  // CHECK:         %[[IS:.*]] = arith.cmpi ult, %{{.*}}, %[[VALID]]
  // CHECK:         %[[G:.*]] = scf.if %[[IS]] -> (bf16) {
  // CHECK:           memref.load
  // CHECK:         llvm.store
  gpu.func @scalars(%m: memref<?xbf16>, %row: index, %valid: index) kernel {
    %s = gdn.shared_alloc at 0 : !gdn.shared<2x16xbf16>
    %g = gdn.load_scalars %m[%row] valid %valid : memref<?xbf16> to !gdn.tile<16xbf16, #gdn.slice<0, #halves>>
    gdn.shared_store %g, %s[%row, %row] : !gdn.tile<16xbf16, #gdn.slice<0, #halves>>, !gdn.shared<2x16xbf16>
    gpu.return
  }

  // Results go to rows of tokens as matrices.
  // CHECK-LABEL: gpu.func @store_transposed
  // CHECK:         nvvm.stmatrix {{.*}}layout = #nvvm.mma_layout<col>
  // CHECK-NOT:     llvm.store
  // CHECK:         gpu.return
  gpu.func @store_transposed(%m: memref<16x16xbf16>, %slot: index) kernel {
    %c0 = arith.constant 0 : index
    %s = gdn.shared_alloc at 1024 : !buffer
    %t = gdn.tile_load %m[%c0, %c0] : memref<16x16xbf16> to !gdn.tile<16x16xbf16, #mma>
    gdn.shared_store %t, %s[%slot, %c0, %c0] transposed : !gdn.tile<16x16xbf16, #mma>, !buffer
    gpu.return
  }
}

// -----

// A pitch that is only known at run time says nothing of the rows' alignment.
!rows = memref<?x64xbf16, strided<[?, 1]>>
!buffer = !gdn.shared<2x16x64xbf16, swizzle = 128>
gpu.module @kernels {
  gpu.func @copy_in(%m: !rows, %row: index) kernel {
    %s = gdn.shared_alloc at 0 : !buffer
    // expected-error @below {{expects rows aligned to 16 bytes, but they are only known to be to 2; use #gdn.schedule}}
    // expected-error @below {{failed to legalize operation 'gdn.copy_in'}}
    gdn.copy_in %m[%row] valid %row to %s[%row] : !rows to !buffer
    gpu.return
  }
}

// -----

// 68 numbers of 2 bytes are no multiple of 16 bytes.
!rows = memref<?x64xbf16, strided<[68, 1]>>
!buffer = !gdn.shared<2x16x64xbf16, swizzle = 128>
gpu.module @kernels {
  gpu.func @copy_out(%m: !rows, %row: index) kernel {
    %s = gdn.shared_alloc at 0 : !buffer
    // expected-error @below {{expects rows aligned to 16 bytes, but they are only known to be to 8; use #gdn.schedule}}
    // expected-error @below {{failed to legalize operation 'gdn.copy_out'}}
    gdn.copy_out %s[%row] to %m[%row] valid %row : !buffer to !rows
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @team_barrier() kernel {
    // expected-error @below {{expects a gdn.warp_role around it}}
    // expected-error @below {{failed to legalize operation 'gdn.team_barrier'}}
    gdn.team_barrier
    gpu.return
  }
}
