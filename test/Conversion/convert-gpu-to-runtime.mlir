// RUN: gdn-opt %s --convert-gpu-to-runtime --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-NOT:   gpu.
// CHECK-DAG:   llvm.mlir.global internal constant @__gdn_image_kernels_scale("CUBIN\00")
// CHECK-DAG:   llvm.mlir.global internal constant @__gdn_name_kernels_scale("scale\00")
// CHECK-DAG:   llvm.mlir.global internal constant @__gdn_sizes_kernels_scale(dense<8> : tensor<2xi64>)
// CHECK-DAG:   llvm.mlir.global internal @__gdn_kernel_kernels_scale()
// CHECK-LABEL: func @launch
// CHECK:         %[[DEVICE:.*]] = llvm.call @gdn_gpu_allocate(%{{.*}}) : (i64) -> !llvm.ptr
// CHECK:         llvm.call @gdn_gpu_copy_to_device(
// CHECK:         llvm.mlir.addressof @__gdn_kernel_kernels_scale
// CHECK:         llvm.call @gdn_gpu_launch(
// CHECK:         llvm.call @gdn_gpu_copy_to_host(
// CHECK:         llvm.call @gdn_gpu_free(
module attributes {gpu.container_module} {
  gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "CUBIN">]
  func.func @launch(%host: memref<?xf32>, %n: index) {
    %c1 = arith.constant 1 : index
    %device = gpu.alloc (%n) : memref<?xf32>
    gpu.memcpy %device, %host : memref<?xf32>, memref<?xf32> {gdn.direction = "to_device"}
    %base, %offset, %size, %stride = memref.extract_strided_metadata %device : memref<?xf32> -> memref<f32>, index, index, index
    gpu.launch_func @kernels::@scale blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%base : memref<f32>, %n : index)
    gpu.memcpy %host, %device : memref<?xf32>, memref<?xf32> {gdn.direction = "to_host"}
    gpu.dealloc %device : memref<?xf32>
    return
  }
}

// -----

// A simulated kernel is a function; its own module goes.
// CHECK-LABEL: llvm.func @__gdn_sim_7_kernels_scale
// CHECK-NOT:   gpu.module
module attributes {gpu.container_module} {
  llvm.func @__gdn_sim_7_kernels_scale(!llvm.ptr)
  gpu.module @kernels {
    llvm.func @scale() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  func.func @launch(%n: index) {
    gpu.launch_func @kernels::@scale blocks in (%n, %n, %n) threads in (%n, %n, %n)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @scale() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  func.func @launch(%n: index) {
    // expected-error @below {{expects kernel @kernels::@scale as an object or simulated}}
    // expected-error @below {{failed to legalize operation 'gpu.launch_func'}}
    gpu.launch_func @kernels::@scale blocks in (%n, %n, %n) threads in (%n, %n, %n)
    return
  }
}

// -----

// expected-error @below {{expects the name of a function not to begin with 'gdn_', but got 'gdn_gpu_free'}}
func.func @gdn_gpu_free(%a: memref<4xf32>) {
  gpu.dealloc %a : memref<4xf32>
  return
}

// -----

// Which way a copy goes is not to be seen from its buffers.
func.func @copy(%a: memref<4xf32>, %b: memref<4xf32>) {
  // expected-error @below {{failed to legalize operation 'gpu.memcpy'}}
  gpu.memcpy %a, %b : memref<4xf32>, memref<4xf32>
  return
}

// -----

// Kernels are told apart by their whole names.
// CHECK-LABEL: func @alike
// CHECK:         %[[FIRST:.*]] = llvm.mlir.addressof @[[KERNEL:__gdn_kernel_a_b_c[_0-9]*]] :
// CHECK:         llvm.call @gdn_gpu_launch(%[[FIRST]]
// CHECK-NOT:     llvm.mlir.addressof @[[KERNEL]] :
// CHECK:         llvm.call @gdn_gpu_launch(
module attributes {gpu.container_module} {
  gpu.binary @a_b [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "ONE">]
  gpu.binary @a [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "TWO">]
  func.func @alike(%n: index) {
    gpu.launch_func @a_b::@c blocks in (%n, %n, %n) threads in (%n, %n, %n)
    gpu.launch_func @a::@b_c blocks in (%n, %n, %n) threads in (%n, %n, %n)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_80">, bin = "ONE">,
                       #gpu.object<#nvvm.target<chip = "sm_90a">, bin = "TWO">]
  func.func @objects(%n: index) {
    // expected-error @below {{expects one object for kernel @kernels::@scale, but got 2; use --gdn-to-nvvm for one chip}}
    // expected-error @below {{failed to legalize operation 'gpu.launch_func'}}
    gpu.launch_func @kernels::@scale blocks in (%n, %n, %n) threads in (%n, %n, %n)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "ONE">]
  func.func @clusters(%n: index) {
    // expected-error @below {{expects a launch without clusters, which the runtime does not have}}
    // expected-error @below {{failed to legalize operation 'gpu.launch_func'}}
    gpu.launch_func @kernels::@scale clusters in (%n, %n, %n) blocks in (%n, %n, %n) threads in (%n, %n, %n)
    return
  }
}

// -----

// Bytes are those that an element takes in memory.
// CHECK-LABEL: func @bytes
// CHECK:         %[[END:.*]] = llvm.getelementptr %{{.*}}[1] : (!llvm.ptr) -> !llvm.ptr, i1
// CHECK:         llvm.ptrtoint %[[END]]
// CHECK:         llvm.call @gdn_gpu_copy_to_device(
// CHECK:         llvm.getelementptr %{{.*}}[1] : (!llvm.ptr) -> !llvm.ptr, i64
// CHECK:         llvm.call @gdn_gpu_copy_to_host(
func.func @bytes(%a: memref<4xi1>, %b: memref<4xi1>, %c: memref<4xindex>, %d: memref<4xindex>) {
  gpu.memcpy %a, %b : memref<4xi1>, memref<4xi1> {gdn.direction = "to_device"}
  gpu.memcpy %c, %d : memref<4xindex>, memref<4xindex> {gdn.direction = "to_host"}
  return
}

// -----

func.func @strides(%a: memref<4xf32, strided<[2]>>, %b: memref<4xf32>) {
  // expected-error @below {{failed to legalize operation 'gpu.memcpy'}}
  gpu.memcpy %a, %b : memref<4xf32, strided<[2]>>, memref<4xf32> {gdn.direction = "to_device"}
  return
}

// -----

func.func @sideways(%a: memref<4xf32>, %b: memref<4xf32>) {
  // expected-error @below {{expects 'gdn.direction' to be "to_device" or "to_host", but got "sideways"}}
  gpu.memcpy %a, %b : memref<4xf32>, memref<4xf32> {gdn.direction = "sideways"}
  return
}

// -----

// expected-error @below {{redefinition of function 'gdn_gpu_free' of different type '!llvm.func<void (ptr)>' is prohibited}}
llvm.func @gdn_gpu_free(i32)
func.func @other_type(%a: memref<4xf32>) {
  // expected-error @below {{failed to legalize operation 'gpu.dealloc'}}
  gpu.dealloc %a : memref<4xf32>
  return
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "ONE">]
  func.func @tokens(%n: index) {
    // expected-error @below {{failed to legalize operation 'gpu.launch_func'}}
    %token = gpu.launch_func async @kernels::@scale blocks in (%n, %n, %n) threads in (%n, %n, %n)
    gpu.wait [%token]
    return
  }
}

// -----

func.func @token(%a: memref<4xf32>, %b: memref<4xf32>, %token: !gpu.async.token) {
  // expected-error @below {{failed to legalize operation 'gpu.memcpy'}}
  gpu.memcpy [%token] %a, %b : memref<4xf32>, memref<4xf32> {gdn.direction = "to_device"}
  return
}
