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

// Of 384 threads each has 168 registers at first.
// CHECK-LABEL: gpu.func @budgets
// CHECK:         scf.if
// CHECK-NEXT:      nvvm.setmaxregister increase 216
// CHECK:         scf.if
// CHECK-NEXT:      nvvm.setmaxregister decrease 120
// CHECK:           scf.if
gpu.module @budgets {
  gpu.func @budgets(%m: memref<index>) kernel attributes {known_block_size = array<i32: 384, 1, 1>} {
    gdn.warp_role "chain" first 0 teams 1 team_warps 4 registers 216 {
    ^bb0(%team: index):
    }
    gdn.warp_role "others" first 8 teams 1 team_warps 4 registers 120 {
    ^bb0(%team: index):
      gdn.warp_role "load" first 9 teams 1 team_warps 1 {
      ^bb0(%inner: index):
        memref.store %inner, %m[] : memref<index>
      }
    }
    gpu.return
  }
}
