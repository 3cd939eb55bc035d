// RUN: gdn-opt %s --pass-pipeline='builtin.module(gpu.module(gdn-lower-warp-roles))' | FileCheck %s

// Warps 4 to 7, in two teams: one comparison without a sign picks them, and a quotient tells the teams apart.
// CHECK-LABEL: gpu.func @roles
// CHECK:         %[[T:.*]] = gpu.thread_id x
// CHECK:         %[[IN:.*]] = arith.subi %[[T]], %c128
// CHECK:         %[[IS:.*]] = arith.cmpi ult, %[[IN]], %c128
// CHECK:         %[[TEAM:.*]] = arith.divui %[[IN]], %c64
// CHECK:         scf.if %[[IS]] {
// CHECK:           memref.store %[[TEAM]], %arg0[]
// CHECK:         }
// CHECK-NOT:     gdn.warp_role
gpu.module @kernels {
  gpu.func @roles(%m: memref<index>) kernel {
    gdn.warp_role "work" first 4 teams 2 team_warps 2 {
    ^bb0(%team: index):
      memref.store %team, %m[] : memref<index>
    }
    gpu.return
  }
}
