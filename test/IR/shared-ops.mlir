// RUN: gdn-opt %s | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --mlir-print-op-generic | gdn-opt | FileCheck %s

#mma = #gdn.mma<warps = [4, 1]>
#tokens = #gdn.blocked<per_lane = [2, 2], lanes = [8, 4], warps = [1, 2]>
#pairs = #gdn.blocked<per_lane = [1, 2, 4], lanes = [1, 8, 4], warps = [2, 1, 1]>
!chain = !gdn.tile<64x16xf32, #mma>
!state = !gdn.tile<64x128xf32, #mma>
!decays = !gdn.tile<16x128xf32, #tokens>
!rows = !gdn.tile<16x128xbf16, #tokens>
!sums = !gdn.tile<2x16x16xf32, #pairs>
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
// CHECK:           gdn.team_barrier
// CHECK:           gdn.shared_load %{{.*}} transposed
// CHECK:           gdn.shared_store %{{.*}} transposed
// CHECK:           gdn.copy_out
// CHECK:           gdn.event_arrive %{{.*}}[%{{.*}}] : <
func.func @program(%m: memref<?x128xbf16>, %n: index) {
  %c0 = arith.constant 0 : index
  %s = gdn.shared_alloc at 1024 : !operands
  %e = gdn.event_create at 0 : !event
  gdn.warp_role "work" first 4 teams 2 team_warps 2 {
  ^bb0(%team: index):
    gdn.event_wait %e[%team] : !event
    gdn.event_wait %e[%team] previous : !event
    gdn.copy_in %m[%c0] valid %n to %s[%team] : memref<?x128xbf16> to !operands
    gdn.event_arrive %e[%team] copies : !event
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
// CHECK:         gdn.shared_load %{{.*}} : <2x16x128xbf16, swizzle = 128, paired> to <16x128xbf16, #
// CHECK:         gdn.tile_merge_decay %{{.*}}, %{{.*}} blocks 4 : <16x128xf32, #
// CHECK:         gdn.tile_pair_mma %{{.*}}, %{{.*}}, %{{.*}} : <16x128xbf16, #{{.*}}>, <2x16x16xf32, #
// CHECK:         gdn.tile_pick_pairs %{{.*}}, %{{.*}} blocks 4 : <2x16x16xf32, #
// CHECK:         gdn.tile_total_decay %{{.*}}, %{{.*}} : <16x128xf32, #{{.*}}> to <128xf32, #
func.func @prepare(%s: !gdn.shared<2x16x128xbf16, swizzle = 128, paired>, %a: !decays, %b: !decays, %c: !sums,
                   %i: index) {
  %q = gdn.shared_load %s[%i, %i, %i] : !gdn.shared<2x16x128xbf16, swizzle = 128, paired> to !rows
  %0, %1 = gdn.tile_merge_decay %a, %b blocks 4 : !decays
  %2 = gdn.tile_pair_mma %q, %q, %c : !rows, !sums
  %3 = gdn.tile_pick_pairs %c, %2 blocks 4 : !sums
  %4 = gdn.tile_total_decay %0, %1 : !decays to !gdn.tile<128xf32, #gdn.slice<0, #tokens>>
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
