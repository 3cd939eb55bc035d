// RUN: gdn-opt %s | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --mlir-print-op-generic | gdn-opt | FileCheck %s

#mma = #gdn.mma<warps = [4, 1]>
#tokens = #gdn.factor<warps = 4>
#halves = #gdn.blocked<per_lane = [1, 1], lanes = [2, 16], warps = [1, 1]>
#pairs = #gdn.pairs<warps = 4>
!chain = !gdn.tile<64x16xf32, #mma>
!state = !gdn.tile<64x128xf32, #mma>
!decays = !gdn.tile<8x128xf32, #tokens>
!rows = !gdn.tile<8x128xf16, #tokens>
!products = !gdn.tile<4x8x8xf32, #pairs>
!operands = !gdn.shared<4x16x128xbf16, swizzle = 128>
!event = !gdn.event<stages = 4, arrivals = 2>

// CHECK-LABEL: func @program
// CHECK:         gdn.shared_alloc at 1024 : <4x16x128xbf16, swizzle = 128>
// CHECK:         gdn.event_create at 0 : <stages = 4, arrivals = 2>
// CHECK:         gdn.warp_role "work" first 4 teams 2 team_warps 2
// CHECK:           gdn.event_wait %{{.*}}[%{{.*}}] : <
// CHECK:           gdn.event_wait %{{.*}}[%{{.*}}] previous : <
// CHECK:           gdn.copy_in %{{.*}}[%{{.*}}] valid %{{.*}} to %{{.*}}[%{{.*}}] : memref<?x128xbf16> to <4x16x128xbf16, swizzle = 128>
// CHECK:           gdn.event_arrive %{{.*}}[%{{.*}}] copies : <
// CHECK:           gdn.load_scalars %{{.*}}[%{{.*}}] valid %{{.*}} : memref<?xbf16, strided<[4]>> to <16xbf16, #gdn.slice<0, #
// CHECK:           gdn.team_barrier
// CHECK:           gdn.shared_load %{{.*}} transposed
// CHECK:           gdn.shared_store %{{.*}} transposed
// CHECK:           gdn.copy_out
// CHECK:           gdn.event_arrive %{{.*}}[%{{.*}}] : <
func.func @program(%m: memref<?x128xbf16>, %g: memref<?xbf16, strided<[4]>>, %n: index) {
  %c0 = arith.constant 0 : index
  %s = gdn.shared_alloc at 1024 : !operands
  %e = gdn.event_create at 0 : !event
  gdn.warp_role "work" first 4 teams 2 team_warps 2 {
  ^bb0(%team: index):
    gdn.event_wait %e[%team] : !event
    gdn.event_wait %e[%team] previous : !event
    gdn.copy_in %m[%c0] valid %n to %s[%team] : memref<?x128xbf16> to !operands
    gdn.event_arrive %e[%team] copies : !event
    %l = gdn.load_scalars %g[%c0] valid %n : memref<?xbf16, strided<[4]>> to !gdn.tile<16xbf16, #gdn.slice<0, #halves>>
    gdn.team_barrier
    %t = gdn.shared_load %s[%team, %c0, %c0] transposed : !operands to !gdn.tile<128x16xbf16, #mma>
    gdn.shared_store %t, %s[%team, %c0, %c0] transposed : !gdn.tile<128x16xbf16, #mma>, !operands
    gdn.copy_out %s[%team] to %m[%c0] valid %n : !operands to memref<?x128xbf16>
    gdn.event_arrive %e[%team] : !event
  }
  return
}

// CHECK-LABEL: func @chain
// CHECK:         gdn.tile_mma %{{.*}}, %{{.*}}[%{{.*}}], %{{.*}} : <64x128xf32, #{{.*}}>, <2x32x128xtf32, cores = [144, 576]>, <64x32xf32, #
// CHECK:         gdn.tile_columns %{{.*}} from 16 : <64x32xf32, #{{.*}}> to <64x16xf32, #
// CHECK:         gdn.tile_cast %{{.*}} : <64x16xf32, #{{.*}}> to <64x16xtf32, #
// CHECK:         gdn.tile_join %{{.*}}, %{{.*}} : <64x16xf32, #{{.*}}>, <64x128xf32, #{{.*}}> to <64x144xf32, #
// CHECK:         gdn.tile_mma %{{.*}}, %{{.*}}[%{{.*}}], %{{.*}} warpgroup : <64x16xtf32
// CHECK:         gdn.proxy_fence
func.func @chain(%s: !state, %b: !gdn.shared<2x32x128xtf32, cores = [144, 576]>,
                 %k: !gdn.shared<2x144x16xtf32, cores = [576, 144]>, %c: !gdn.tile<64x32xf32, #mma>, %i: index) {
  %0 = gdn.tile_mma %s, %b[%i, %i, %i], %c
      : !state, !gdn.shared<2x32x128xtf32, cores = [144, 576]>, !gdn.tile<64x32xf32, #mma>
  %1 = gdn.tile_columns %0 from 16 : !gdn.tile<64x32xf32, #mma> to !chain
  %2 = gdn.tile_cast %1 : !chain to !gdn.tile<64x16xtf32, #mma>
  %3 = gdn.tile_join %1, %s : !chain, !state to !gdn.tile<64x144xf32, #mma>
  %4 = gdn.tile_mma %2, %k[%i, %i, %i], %3 warpgroup
      : !gdn.tile<64x16xtf32, #mma>, !gdn.shared<2x144x16xtf32, cores = [576, 144]>, !gdn.tile<64x144xf32, #mma>
  gdn.proxy_fence
  return
}

// CHECK-LABEL: func @prepare
// CHECK:         gdn.tile_swap_blocks %{{.*}} blocks 4 : <8x128xf32, #
// CHECK:         gdn.tile_decay_half %{{.*}} by %{{.*}} blocks 4 upper : <8x128xf32, #
// CHECK:         gdn.tile_decay_half %{{.*}} by %{{.*}} blocks 4 : <8x128xf32, #
// CHECK:         gdn.tile_common_row %{{.*}} : <8x128xf32, #{{.*}}> to <128xf32, #gdn.slice<0, #
// CHECK:         gdn.shared_store %{{.*}} : <128xf32, #{{.*}}>, <2x128xf32, interleaved>
func.func @prepare(%a: !decays, %s: !gdn.shared<2x128xf32, interleaved>, %i: index) {
  %0 = gdn.tile_swap_blocks %a blocks 4 : !decays
  %1 = gdn.tile_decay_half %a by %0 blocks 4 upper : !decays
  %2 = gdn.tile_decay_half %a by %0 blocks 4 : !decays
  %3 = gdn.tile_common_row %2 : !decays to !gdn.tile<128xf32, #gdn.slice<0, #tokens>>
  gdn.shared_store %3, %s[%i, %i] : !gdn.tile<128xf32, #gdn.slice<0, #tokens>>, !gdn.shared<2x128xf32, interleaved>
  return
}

// CHECK-LABEL: func @solve
// CHECK:         gdn.tile_pair_mma %{{.*}}, %{{.*}} with %{{.*}} : (!gdn.tile<8x128xf16, #
// CHECK:         gdn.tile_select_pairs %{{.*}}, %{{.*}} blocks 2 : <4x8x8xf32, #
// CHECK:         gdn.warp_barrier
// CHECK:         gdn.tile_unit_inverse %{{.*}}[%{{.*}}] : <2x16x16xf32, pitch = 80> to <16x16xf32, #
func.func @solve(%q: !rows, %k: !rows, %s: !gdn.shared<2x16x16xf32, pitch = 80>, %i: index) {
  %0:2 = gdn.tile_pair_mma %q, %k with %k : (!rows, !rows, !rows) -> (!products, !products)
  %1 = gdn.tile_select_pairs %0#0, %0#1 blocks 2 : !products
  gdn.warp_barrier
  %2 = gdn.tile_unit_inverse %s[%i] : !gdn.shared<2x16x16xf32, pitch = 80>
      to !gdn.tile<16x16xf32, #gdn.blocked<per_lane = [8, 1], lanes = [2, 16], warps = [1, 1]>>
  return
}

// CHECK-LABEL: func @cluster
// CHECK:         gdn.cluster_barrier
// CHECK:           gdn.event_arrive %{{.*}}[%{{.*}}] at %{{.*}} : <
// CHECK:           gdn.shared_send %{{.*}}, %{{.*}}[%{{.*}}] to %{{.*}}, %{{.*}}[%{{.*}}] : !gdn.shared<2x16x128xtf32, cores = [2320, 144]>, !gdn.shared<2x128xf32> to <stages
func.func @cluster(%a: !gdn.shared<2x16x128xtf32, cores = [2320, 144]>, %b: !gdn.shared<2x128xf32>, %e: !event,
                   %i: index) {
  gdn.cluster_barrier
  gdn.warp_role "send" first 0 teams 1 team_warps 1 {
  ^bb0(%team: index):
    gdn.event_arrive %e[%i] at %i : !event
    gdn.shared_send %a, %b [%i] to %i, %e[%i]
        : !gdn.shared<2x16x128xtf32, cores = [2320, 144]>, !gdn.shared<2x128xf32> to !event
  }
  return
}

// CHECK-LABEL: func @budget
// CHECK:         gdn.warp_role "others" first 4 teams 1 team_warps 4 registers 56
func.func @budget() {
  gdn.warp_role "others" first 4 teams 1 team_warps 4 registers 56 {
  ^bb0(%team: index):
    gdn.warp_role "load" first 5 teams 1 team_warps 1 {
    ^bb0(%inner: index):
    }
  }
  return
}

// CHECK-LABEL: llvm.func @instruction
// CHECK:         gdn.ptx_wgmma %{{.*}}, %{{.*}}, %{{.*}} stride 144 leading 288 : vector<8xi32>, <3>, vector<8xf32>
llvm.func @instruction(%a: vector<8xi32>, %b: !llvm.ptr<3>, %c: vector<8xf32>) -> vector<8xf32> {
  %0 = gdn.ptx_wgmma %a, %b, %c stride 144 leading 288 : vector<8xi32>, !llvm.ptr<3>, vector<8xf32>
  llvm.return %0 : vector<8xf32>
}
