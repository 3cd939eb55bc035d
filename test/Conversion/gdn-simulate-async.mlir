// RUN: gdn-opt %s --gdn-simulate-kernels --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: llvm.func @__gdn_sim_7_kernels_copy(%arg0: !llvm.ptr)
// CHECK:         %[[BYTES:.*]] = llvm.mlir.constant(16 : i32)
// CHECK:         llvm.call @gdn_sim_copy_async(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[BYTES]], %[[BYTES]])
// CHECK:         llvm.call @gdn_sim_copy_async(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[LESS:.*]]) :
// CHECK:         llvm.call @gdn_sim_commit_copies
// CHECK:         %[[LEFT:.*]] = llvm.mlir.constant(1 : i32)
// CHECK:         llvm.call @gdn_sim_wait_copies(%{{.*}}, %[[LEFT]])
// CHECK:         %[[NOINC:.*]] = llvm.mlir.constant(1 : i32)
// CHECK:         llvm.call @gdn_sim_mbarrier_arrive_copies(%{{.*}}, %{{.*}}, %{{.*}}, %[[NOINC]])
gpu.module @kernels {
  llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<512 x i8>
  llvm.func @copy(%x: !llvm.ptr<1>, %less: i32) attributes {gpu.kernel, nvvm.kernel} {
    %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
    nvvm.cp.async.shared.global %tile, %x, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
    nvvm.cp.async.shared.global %tile, %x, 4, cache = ca, %less : !llvm.ptr<3>, !llvm.ptr<1>, i32
    nvvm.cp.async.commit.group
    nvvm.cp.async.wait.group 1
    nvvm.cp.async.mbarrier.arrive %tile {noinc = true} : !llvm.ptr<3>
    llvm.return
  }
}

// -----

// Bytes are expected before the arrival; an i32 is a parity, an i64 a state.
// CHECK-LABEL: llvm.func @__gdn_sim_7_kernels_mbarrier
// CHECK:         llvm.call @gdn_sim_mbarrier_init
// CHECK:         llvm.call @gdn_sim_fence
// CHECK:         llvm.call @gdn_sim_mbarrier_expect
// CHECK:         llvm.call @gdn_sim_mbarrier_arrive
// CHECK:         llvm.call @gdn_sim_mbarrier_arrive
// CHECK:         %[[STATE:.*]] = llvm.mlir.constant(0 : i32)
// CHECK:         %[[TESTS:.*]] = llvm.mlir.constant(0 : i32)
// CHECK:         llvm.call @gdn_sim_mbarrier_wait(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[STATE]], %[[TESTS]])
// CHECK:         %[[PHASE:.*]] = llvm.zext
// CHECK:         llvm.call @gdn_sim_mbarrier_wait(%{{.*}}, %{{.*}}, %{{.*}}, %[[PHASE]], %{{.*}}, %{{.*}})
// CHECK:         llvm.call @gdn_sim_fence
// CHECK-NOT:     llvm.call @gdn_sim_fence
// CHECK:         llvm.call @gdn_sim_mbarrier_invalidate
gpu.module @kernels {
  llvm.mlir.global internal @bar() {addr_space = 3 : i32, alignment = 8 : i64} : i64
  llvm.func @mbarrier(%phase: i32) attributes {gpu.kernel, nvvm.kernel} {
    %bar = llvm.mlir.addressof @bar : !llvm.ptr<3>
    %count = llvm.mlir.constant(2 : i32) : i32
    nvvm.mbarrier.init %bar, %count : !llvm.ptr<3>, i32
    nvvm.fence.mbarrier.init
    nvvm.mbarrier.arrive.expect_tx %bar, %count : !llvm.ptr<3>, i32
    %state = nvvm.mbarrier.arrive %bar : !llvm.ptr<3> -> i64
    %0 = nvvm.mbarrier.test.wait %bar, %state : !llvm.ptr<3>, i64 -> i1
    nvvm.mbarrier.try_wait.parity %bar, %phase, %count : !llvm.ptr<3>, i32, i32
    nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
    nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.global>}
    nvvm.mbarrier.inval %bar : !llvm.ptr<3>
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.mlir.global internal @bar() {addr_space = 3 : i32, alignment = 8 : i64} : i64
  llvm.func @predicated(%p: i1, %count: i32) attributes {gpu.kernel, nvvm.kernel} {
    %bar = llvm.mlir.addressof @bar : !llvm.ptr<3>
    // expected-error @below {{has a predicate, which is not known to the simulator}}
    nvvm.mbarrier.init %bar, %count, predicate = %p : !llvm.ptr<3>, i32, i1
    llvm.return
  }
}
