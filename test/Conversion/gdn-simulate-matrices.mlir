// RUN: gdn-opt %s --gdn-simulate-kernels --split-input-file --verify-diagnostics | FileCheck %s

// Registers go through an array on the thread's stack, of which a function has one.
// CHECK-LABEL: llvm.func @__gdn_sim_7_kernels_product(%arg0: !llvm.ptr)
// CHECK:         %[[REGISTERS:.*]] = llvm.alloca
// CHECK:         %[[FOUR:.*]] = llvm.mlir.constant(4 : i32)
// CHECK:         %[[COLUMNS:.*]] = llvm.mlir.constant(1 : i32)
// CHECK:         llvm.call @gdn_sim_load_matrices(%{{.*}}, %{{.*}}, %[[FOUR]], %[[COLUMNS]], %{{.*}}, %[[REGISTERS]])
// CHECK:         llvm.store %{{.*}} : f32, !llvm.ptr
// CHECK:         %[[BF16:.*]] = llvm.mlir.constant(1 : i32)
// CHECK:         %[[K:.*]] = llvm.mlir.constant(16 : i32)
// CHECK:         llvm.call @gdn_sim_mma(%{{.*}}, %{{.*}}, %[[BF16]], %[[K]], %[[REGISTERS]])
// CHECK:         llvm.getelementptr %[[REGISTERS]][6]
// CHECK:         llvm.call @gdn_sim_store_matrices
// CHECK:         llvm.call @gdn_sim_elect
// CHECK-NOT:     llvm.alloca
gpu.module @kernels {
  llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<512 x i8>
  llvm.func @product() attributes {gpu.kernel, nvvm.kernel} {
    %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %zero = llvm.mlir.constant(0.0 : f32) : f32
    %a = nvvm.ldmatrix %tile {num = 4 : i32, layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
    %0 = llvm.extractvalue %a[0] : !llvm.struct<(i32, i32, i32, i32)>
    %d = nvvm.mma.sync A[%0, %0, %0, %0] B[%0, %0] C[%zero, %zero, %zero, %zero] {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, multiplicandAPtxType = #nvvm.mma_type<bf16>, multiplicandBPtxType = #nvvm.mma_type<bf16>, shape = #nvvm.shape<m = 16, n = 8, k = 16>} : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
    nvvm.stmatrix %tile, %0, %0 {layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : !llvm.ptr<3>, i32, i32
    %first = nvvm.elect.sync -> i1
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @integers(%a: i32, %c: i32) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error @below {{has elements of s8, which is not known to the simulator}}
    %d = nvvm.mma.sync A[%a, %a] B[%a] C[%c, %c, %c, %c] {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, multiplicandAPtxType = #nvvm.mma_type<s8>, multiplicandBPtxType = #nvvm.mma_type<s8>, intOverflowBehavior = #nvvm.mma_int_overflow<wrapped>, shape = #nvvm.shape<m = 16, n = 8, k = 16>} : (i32, i32, i32) -> !llvm.struct<(i32, i32, i32, i32)>
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @narrow(%a: vector<2xf16>) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error @below {{has accumulators that are not f32, which is not known to the simulator}}
    %d = nvvm.mma.sync A[%a, %a] B[%a] C[%a, %a] {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, shape = #nvvm.shape<m = 16, n = 8, k = 8>} : (vector<2xf16>, vector<2xf16>, vector<2xf16>) -> !llvm.struct<(vector<2xf16>, vector<2xf16>)>
    llvm.return
  }
}
