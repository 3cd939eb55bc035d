// RUN: gdn-opt %s --pass-pipeline='builtin.module(gpu.module(convert-gdn-to-gpu,canonicalize,cse))' \
// RUN:   --split-input-file --verify-diagnostics | FileCheck %s
#mma = #gdn.mma<warps = [1, 1]>
#tokens = #gdn.factor<warps = 1>
#halves = #gdn.blocked<per_lane = [1, 1], lanes = [2, 16], warps = [1, 1]>
#pairs = #gdn.pairs<warps = 1>
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
  // CHECK:         %[[PLACE:.*]] = llvm.getelementptr %{{.*}}[
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

  // Rows 4 further are 4 lanes further: rows stand in the order 0, 4, 1, 5, ... Those of second blocks are multiplied.
  // CHECK-LABEL: gpu.func @decay_half
  // CHECK-DAG:     %[[MASK:.*]] = arith.constant 4 : i32
  // CHECK:         %[[OTHER:.*]], %{{.*}} = gpu.shuffle xor %{{.*}}, %[[MASK]],
  // CHECK-COUNT-7: gpu.shuffle xor %{{.*}}, %[[MASK]],
  // CHECK-NOT:     gpu.shuffle
  // CHECK:         %[[DECAYED:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<1x8xf32>
  // CHECK:         arith.select %{{.*}}, %[[DECAYED]], %{{.*}} : vector<1x8xf32>
  gpu.func @decay_half(%slot: index) kernel {
    %c0 = arith.constant 0 : index
    %s = gdn.shared_alloc at 0 : !gdn.shared<2x8x32xf32>
    %t = gdn.shared_load %s[%slot, %c0, %c0] : !gdn.shared<2x8x32xf32> to !gdn.tile<8x32xf32, #tokens>
    %u = gdn.tile_swap_blocks %t blocks 4 : !gdn.tile<8x32xf32, #tokens>
    %d = gdn.tile_decay_half %t by %u blocks 4 upper : !gdn.tile<8x32xf32, #tokens>
    gdn.shared_store %d, %s[%slot, %c0, %c0] : !gdn.tile<8x32xf32, #tokens>, !gdn.shared<2x8x32xf32>
    gpu.return
  }

  // A lane's 8 neighbouring elements are one load, and with 16 terms each two products; one left factor stands alone.
  // CHECK-LABEL: gpu.func @pairs
  // CHECK:         %[[NONE:.*]] = llvm.mlir.zero : i32
  // CHECK:         llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<3> -> vector<8xbf16>
  // CHECK:         nvvm.mma.sync A[%{{.*}}, %[[NONE]], %{{.*}}, %[[NONE]]] {{.*}}bf16{{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 16>
  // CHECK:         nvvm.mma.sync
  // CHECK-NOT:     nvvm.mma.sync
  // Pairs in neighbouring blocks of 2 alone are chosen.
  // CHECK-COUNT-2: arith.select
  // CHECK-NOT:     arith.select
  // CHECK:         gpu.return
  gpu.func @pairs(%slot: index) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %q = gdn.shared_alloc at 0 : !gdn.shared<2x8x32xbf16, pitch = 80>
    %s = gdn.shared_alloc at 4096 : !gdn.shared<1x8x8xf32>
    %t = gdn.shared_load %q[%slot, %c0, %c0] : !gdn.shared<2x8x32xbf16, pitch = 80> to !gdn.tile<8x32xbf16, #tokens>
    %r = gdn.tile_pair_mma %t with %t
        : (!gdn.tile<8x32xbf16, #tokens>, !gdn.tile<8x32xbf16, #tokens>) -> !gdn.tile<1x8x8xf32, #pairs>
    %none = gdn.tile_splat %zero : f32 to !gdn.tile<1x8x8xf32, #pairs>
    %h = gdn.tile_select_pairs %r, %none blocks 2 : !gdn.tile<1x8x8xf32, #pairs>
    gdn.shared_store %h, %s[%c0, %c0, %c0] : !gdn.tile<1x8x8xf32, #pairs>, !gdn.shared<1x8x8xf32>
    gpu.return
  }

  // In a cluster: what it asks for, who meets, and where arrivals and copies go.
  // CHECK-LABEL: gpu.func @cluster
  // CHECK-SAME:    nvvm.cluster_dim = array<i32: 2, 1, 1>
  // CHECK:         nvvm.fence.mbarrier.init
  // CHECK-NEXT:    nvvm.cluster.arrive
  // CHECK-NEXT:    nvvm.cluster.wait
  // CHECK:         gdn.warp_role
  // CHECK:           %[[THERE:.*]] = nvvm.mapa %{{.*}}, %{{.*}} : !llvm.ptr<3> -> !llvm.ptr<7>
  // CHECK-NEXT:      nvvm.mbarrier.arrive %[[THERE]] : !llvm.ptr<7>
  // CHECK:           nvvm.mbarrier.arrive.expect_tx %[[BARRIER:.*]], %c512_i32
  // CHECK:           nvvm.mbarrier.arrive %[[BARRIER]], %c2_i32
  // CHECK:           %[[TO:.*]] = nvvm.mapa %[[FROM:[^ ,]+]],
  // CHECK:           nvvm.cp.async.bulk.shared.cluster.shared.cta %[[TO]], %[[FROM]], %{{.*}}, %c512_i32
  gpu.func @cluster(%i: index) kernel {
    gdn.cluster_size 2
    %s = gdn.shared_alloc at 512 : !gdn.shared<2x128xf32>
    %e = gdn.event_create at 0 : !gdn.event<stages = 2, arrivals = 3>
    gdn.cluster_barrier
    gdn.warp_role "send" first 0 teams 1 team_warps 1 {
    ^bb0(%team: index):
      gdn.event_arrive %e[%i] at %i : !gdn.event<stages = 2, arrivals = 3>
      gdn.shared_send %s [%i] to %i, %e[%i] : !gdn.shared<2x128xf32> to !gdn.event<stages = 2, arrivals = 3>
    }
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

// -----

gpu.module @kernels {
  gpu.func @send_by_two(%i: index) kernel {
    %s = gdn.shared_alloc at 512 : !gdn.shared<2x128xf32>
    %e = gdn.event_create at 0 : !gdn.event<stages = 2, arrivals = 1>
    gdn.warp_role "send" first 0 teams 1 team_warps 2 {
    ^bb0(%team: index):
      // expected-error @below {{expects a gdn.warp_role of teams of one warp around it}}
      // expected-error @below {{failed to legalize operation 'gdn.shared_send'}}
      gdn.shared_send %s [%i] to %i, %e[%i] : !gdn.shared<2x128xf32> to !gdn.event<stages = 2, arrivals = 1>
    }
    gpu.return
  }
}
