//===- Passes.td - Conversions out of the gdn dialects ----------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_CONVERSION_PASSES_TD
#define GDN_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertCheckToRuntimePass
    : Pass<"convert-check-to-runtime", "::mlir::ModuleOp"> {
  let summary = "turns checks and assertions into calls of the runtime";
  let description = [{
    After bufferization. A `check.expect_*` op becomes a call of
    `gdn_check_expect_close` or `gdn_check_expect_equal` on unranked memrefs,
    which notes a failure and goes on. A `cf.assert` becomes a branch around a
    call of `gdn_runtime_fail`, which ends the call of the entry function with
    the assertion's message. In a parallel loop it ends the process.

    A `func.func` whose name begins with `gdn_` is an error: such names are the
    runtime's.

    Test: test/Conversion/convert-check-to-runtime.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect"
  ];
}

def ConvertGdnToGpuPass : Pass<"convert-gdn-to-gpu"> {
  let summary = "turns tiles into the registers of a GPU's threads";
  let description = [{
    In the program of a CTA (level 3, on memrefs), a `!gdn.tile` becomes the
    vector of what one thread holds by its layout: `gdn.tile_load` and
    `gdn.tile_store` become vector accesses of up to 16 bytes, as far as the
    buffer's strides and offsets are known to be aligned; sums become fused
    multiply-adds in a thread and shuffles between lanes; element-wise ops stay
    what they are, on vectors. Buffers are taken to start at multiples of 16
    bytes. Where the kernel or the role says how many warps there are, tiles
    that are loaded or stored must have a layout of as many.

    Test: test/Conversion/convert-gdn-to-gpu.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
}

def LowerWarpRolesPass : Pass<"gdn-lower-warp-roles", "::mlir::gpu::GPUModuleOp"> {
  let summary = "turns roles of warps to branches";
  let description = [{
    Each `gdn.warp_role` becomes an `scf.if` on the number of the warp. Ops on
    tiles must be gone by then: what they cover depends on the role. Where a role
    says how many registers its threads use, `nvvm.setmaxregister` comes first.

    Test: test/Conversion/gdn-lower-warp-roles.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::scf::SCFDialect"
  ];
}

def ConvertKernelsToNvvmPass
    : Pass<"convert-kernels-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "lowers kernels to the LLVM and NVVM dialects";
  let description = [{
    Lowers a `gpu.module` of gpu, vector, math, arith, memref and cf ops to
    `llvm` and `nvvm` ops: bare pointers for memrefs, 64-bit offsets, and LLVM's
    own functions for `math`, so that no device library is needed. An op that
    has no lowering is an error that names it.

    Test: test/Conversion/convert-kernels-to-nvvm.mlir.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect"];
}

def ConvertPtxToLlvmPass
    : Pass<"convert-gdn-ptx-to-llvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "writes instructions that NVVM has no op for as text";
  let description = [{
    `gdn.ptx_wgmma` becomes inline assembly, with the sums as registers that it
    reads and writes. The wait for it comes as late as may be: before the first
    operation that computes with a sum, or that may write memory, from which the
    product still reads, or let others do so.

    Test: test/Conversion/convert-gdn-ptx-to-llvm.mlir.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def SimulateKernelsPass : Pass<"gdn-simulate-kernels", "::mlir::ModuleOp"> {
  let summary = "clones kernels to host code that calls the simulator";
  let description = [{
    For each function `f` of a `gpu.module @m` of llvm and nvvm ops, adds
    `llvm.func @__gdn_sim_1_m_f` beside that module: host code that does what one
    thread does. A kernel becomes a function of one argument, which holds the
    addresses of the kernel's arguments.

    Ops without access to memory stay what they are. Pointers into any memory
    become the host's: a variable in shared memory is asked of the simulator.
    Before each `llvm.load` and `llvm.store` stands a call of `gdn_sim_access`,
    which checks it. An nvvm op becomes a call of the function of
    `gdn-c/Sim.h` that does the same. Blocks count their executions. What the
    simulator needs to know of the ops stands in the constant
    `@__gdn_table_m`, as JSON.

    An op that the simulator does not know is an error that names it: an nvvm op
    without a rule in one of lib/Conversion/Simulate*Ops.cpp, inline assembly,
    an atomic access, a variable outside of shared memory. So is a `func.func`
    whose name begins with `gdn_`: such names are the runtime's. So is a symbol
    that has one of the names above.

    Tests: test/Conversion/gdn-simulate-*.mlir.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ConvertGpuToRuntimePass
    : Pass<"convert-gpu-to-runtime", "::mlir::ModuleOp"> {
  let summary = "turns launches and copies into calls of the GPU runtime";
  let description = [{
    On the host: `gpu.alloc`, `gpu.dealloc`, `gpu.launch_func` and the
    `gpu.memcpy` that say their `gdn.direction` become calls of the functions of
    `gdn-c/Gpu.h`. Each kernel gets a global `GdnKernel` that holds its object,
    from the `gpu.binary`, or points to its simulation (`gdn-simulate-kernels`);
    the kernels' own modules go. Operations with async tokens are errors, and so
    is a `func.func` whose name begins with `gdn_`: such names are the runtime's.

    Test: test/Conversion/convert-gpu-to-runtime.mlir.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def SerializeKernelsPass : Pass<"gdn-serialize-kernels", "::mlir::ModuleOp"> {
  let summary = "assembles kernels for GPUs";
  let description = [{
    Replaces each `gpu.module` of llvm and nvvm ops by a `gpu.binary` that holds
    its code for `chips`: PTX (`isa`), made by LLVM; a cubin (`bin`), made of
    that by ptxas; or a cubin for each chip and the PTX of the last one in one
    object (`fatbin`). `isa` and `bin` take one chip. With `auto`, it is `bin` if
    ptxas is to be found, else `isa`, which the driver assembles; in a
    `toolkit` that is given, ptxas has to be.

    Code of sm_80 also runs on the other GPUs of compute capability 8.x, and its
    PTX on all later ones. What ends on 'a' is for GPUs of that very compute
    capability, PTX as well as cubin: sm_90a for 9.0 alone.

    ptxas and fatbinary are looked for in the folder `toolkit`, or else in those
    that CUDA_ROOT, CUDA_HOME and CUDA_PATH name, then in PATH. No device
    library is linked. The same kernels and options give the same bytes.

    Tests: test/Conversion/gdn-serialize-kernels*.mlir.
  }];
  let options = [
    ListOption<"chips", "chips", "std::string",
               "GPUs: of sm_80, sm_90a, sm_100a and sm_120a (sm_90a)">,
    Option<"format", "format", "std::string", "\"auto\"",
           "isa, bin, fatbin or auto">,
    Option<"ptxVersion", "ptx", "std::string", "\"\"",
           "version of PTX, as 8.0 (the oldest that serves)">,
    Option<"toolkit", "toolkit", "std::string", "\"\"",
           "folder of the CUDA Toolkit">
  ];
  let dependentDialects = ["::mlir::gpu::GPUDialect", "::mlir::NVVM::NVVMDialect"];
}

#endif // GDN_CONVERSION_PASSES_TD
