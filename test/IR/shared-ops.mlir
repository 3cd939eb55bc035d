// RUN: gdn-opt %s | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --mlir-print-op-generic | gdn-opt | FileCheck %s

#mma = #gdn.mma<warps = [4, 1]>
#batch = #gdn.mma<warps = [2, 1, 1]>
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

// CHECK-LABEL: func @batch
// CHECK:         gdn.tile_mma %{{.*}}, %{{.*}}[%{{.*}}], %{{.*}} : <4x16x128xbf16, #{{.*}}>, <4x8x128xbf16, swizzle = 128>, <4x16x8xf32, #
// CHECK:         gdn.store_pairs
func.func @batch(%a: !gdn.tile<4x16x128xbf16, #batch>, %b: !gdn.shared<4x8x128xbf16, swizzle = 128>,
                 %c: !gdn.tile<4x16x8xf32, #batch>, %t: !gdn.shared<2x16x16xf32>,
                 %o: !gdn.shared<2x16x16xf16, swizzle = 32>, %i: index) {
  %0 = gdn.tile_mma %a, %b[%i, %i, %i], %c : !gdn.tile<4x16x128xbf16, #batch>, !gdn.shared<4x8x128xbf16, swizzle = 128>,
      !gdn.tile<4x16x8xf32, #batch>
  gdn.store_pairs %0, %t, %o[%i] : !gdn.tile<4x16x8xf32, #batch>, !gdn.shared<2x16x16xf32>, !gdn.shared<2x16x16xf16, swizzle = 32>
  return
}
