// RUN: gdn-opt %s --pass-pipeline='builtin.module(gpu.module(convert-gdn-ptx-to-llvm))' | FileCheck %s

// Two steps over 8 keys and 16 columns: 8 sums, which are read and written, then 8 registers of the left factor and the
// descriptor: an address in units of 16 bytes, 288 of them from one core matrix to the next, 144 to the next 8 rows.
// CHECK-LABEL: llvm.func @product
// CHECK:         %[[A:.*]] = llvm.ptrtoint %arg1 : !llvm.ptr<3> to i32
// CHECK:         %[[WIDE:.*]] = llvm.zext %[[A]] : i32 to i64
// The number of the CTA in its cluster is left out.
// CHECK:         %[[MASK:.*]] = llvm.mlir.constant(262143 : i64)
// CHECK:         %[[OWN:.*]] = llvm.and %[[WIDE]], %[[MASK]]
// CHECK:         %[[FOUR:.*]] = llvm.mlir.constant(4 : i64)
// CHECK:         %[[UNITS:.*]] = llvm.lshr %[[OWN]], %[[FOUR]]
// CHECK:         %[[STEPS:.*]] = llvm.mlir.constant(38655885312 : i64)
// CHECK:         llvm.or %[[UNITS]], %[[STEPS]]
// CHECK:         llvm.inline_asm has_side_effects
// CHECK-SAME:      wgmma.fence.sync.aligned;
// CHECK-SAME:      wgmma.mma_async.sync.aligned.m64n16k8.f32.tf32.tf32 {$0, $1, $2, $3, $4, $5, $6, $7}, {$8, $9, $10, $11}, $16, 1, 1, 1;
// CHECK-SAME:      add.s64 rhs, $16, 36;
// CHECK-SAME:      {$12, $13, $14, $15}, rhs, 1, 1, 1;
// CHECK-SAME:      wgmma.commit_group.sync.aligned;
// CHECK-SAME:      "=f,=f,=f,=f,=f,=f,=f,=f,r,r,r,r,r,r,r,r,l,0,1,2,3,4,5,6,7,~{memory}"
// CHECK-COUNT-8: llvm.extractvalue
// CHECK:         llvm.inline_asm has_side_effects "wgmma.wait_group.sync.aligned 0;", "=f,=f,=f,=f,=f,=f,=f,=f,0,1,2,3,4,5,6,7,~{memory}"
// CHECK-NOT:     gdn.ptx_wgmma
gpu.module @kernels {
  llvm.func @product(%a: vector<8xi32>, %b: !llvm.ptr<3>, %c: vector<8xf32>) -> vector<8xf32> {
    %0 = gdn.ptx_wgmma %a, %b, %c stride 144 leading 288 : vector<8xi32>, !llvm.ptr<3>, vector<8xf32>
    llvm.return %0 : vector<8xf32>
  }

  // Loads, and what only moves sums, go on meanwhile; not what computes with them.
  // CHECK-LABEL: llvm.func @load_meanwhile
  // CHECK:         wgmma.commit_group
  // CHECK:         %[[FACTOR:.*]] = llvm.load %arg1
  // CHECK:         wgmma.wait_group
  // CHECK:         %[[SUM:.*]] = llvm.extractelement
  // CHECK:         llvm.fmul %[[SUM]], %[[FACTOR]]
  llvm.func @load_meanwhile(%a: vector<8xi32>, %b: !llvm.ptr<3>, %c: vector<8xf32>) -> f32 {
    %zero = llvm.mlir.constant(0 : i32) : i32
    %0 = gdn.ptx_wgmma %a, %b, %c stride 144 leading 288 : vector<8xi32>, !llvm.ptr<3>, vector<8xf32>
    %1 = llvm.extractelement %0[%zero : i32] : vector<8xf32>
    %2 = llvm.load %b : !llvm.ptr<3> -> f32
    %3 = llvm.fmul %1, %2 : f32
    llvm.return %3 : f32
  }

  // Nothing may be written where the product still reads.
  // CHECK-LABEL: llvm.func @store_afterwards
  // CHECK:         wgmma.commit_group
  // CHECK:         wgmma.wait_group
  // CHECK:         llvm.store
  llvm.func @store_afterwards(%a: vector<8xi32>, %b: !llvm.ptr<3>, %c: vector<8xf32>, %d: f32) -> vector<8xf32> {
    %0 = gdn.ptx_wgmma %a, %b, %c stride 144 leading 288 : vector<8xi32>, !llvm.ptr<3>, vector<8xf32>
    llvm.store %d, %b : f32, !llvm.ptr<3>
    llvm.return %0 : vector<8xf32>
  }

  // Nor may others be told that they may.
  // CHECK-LABEL: llvm.func @arrive_afterwards
  // CHECK:         wgmma.commit_group
  // CHECK:         wgmma.wait_group
  // CHECK:         nvvm.mbarrier.arrive
  llvm.func @arrive_afterwards(%a: vector<8xi32>, %b: !llvm.ptr<3>, %c: vector<8xf32>) -> vector<8xf32> {
    %0 = gdn.ptx_wgmma %a, %b, %c stride 144 leading 288 : vector<8xi32>, !llvm.ptr<3>, vector<8xf32>
    %1 = nvvm.mbarrier.arrive %b : !llvm.ptr<3> -> i64
    llvm.return %0 : vector<8xf32>
  }
}
