// RUN: gdn-opt %s --gdn-simulate-kernels --split-input-file --verify-diagnostics | FileCheck %s

// Arithmetic stays; accesses are checked; what lanes do together is a call.
// CHECK-LABEL: llvm.func @__gdn_sim_7_kernels_scale(%arg0: !llvm.ptr)
// CHECK:         llvm.call @gdn_sim_enter
// CHECK:         llvm.call @gdn_sim_register
// CHECK:         llvm.call @gdn_sim_access
// CHECK:         llvm.load %{{.*}} : !llvm.ptr -> f32
// CHECK:         llvm.call @gdn_sim_shuffle
// CHECK:         llvm.fadd
// CHECK:         llvm.call @gdn_sim_access
// CHECK:         llvm.store
gpu.module @kernels {
  llvm.func @scale(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %tid = nvvm.read.ptx.sreg.tid.x : i32
    %all = llvm.mlir.constant(-1 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %place = llvm.getelementptr %x[%tid] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    %0 = llvm.load %place {alignment = 4 : i64} : !llvm.ptr -> f32
    %1 = nvvm.shfl.sync bfly %all, %0, %one, %clamp : f32 -> f32
    %2 = llvm.fadd %0, %1 : f32
    llvm.store %2, %place {alignment = 4 : i64} : f32, !llvm.ptr
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @unknown() attributes {gpu.kernel, nvvm.kernel} {
    // expected-error @below {{is not known to the simulator}}
    nvvm.cp.async.bulk.wait_group 0
    llvm.return
  }
}

// -----

// A kernel may be called table, and names of a module and a kernel may make the same text.
// CHECK-LABEL: llvm.func @__gdn_sim_3_a_b_c(
// CHECK:         llvm.mlir.addressof @__gdn_table_a_b : !llvm.ptr
// CHECK-LABEL: llvm.func @__gdn_sim_1_a_table(
// CHECK:         llvm.mlir.addressof @__gdn_table_a : !llvm.ptr
// CHECK:         llvm.call @__gdn_sim_1_a_b_c(
// CHECK:       llvm.func @__gdn_sim_1_a_b_c(
gpu.module @a_b {
  llvm.func @c() attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}
gpu.module @a {
  llvm.func @table() attributes {gpu.kernel, nvvm.kernel} {
    llvm.call @b_c() : () -> ()
    llvm.return
  }
  llvm.func @b_c() {
    llvm.return
  }
}

// -----

// Host code is found by its name: what has it already would be taken in its place.
// expected-error @below {{expects another name than '__gdn_sim_1_a_k', which is that of simulated kernels; rename it}}
llvm.func @__gdn_sim_1_a_k(!llvm.ptr)
// expected-error @below {{expects another name than '__gdn_table_a', which is that of simulated kernels; rename it}}
llvm.mlir.global external @__gdn_table_a() : i32
gpu.module @a {
  llvm.func @k() attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}
