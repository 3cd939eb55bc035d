/*===- gdn-c/Gpu.h - What host code calls to use a GPU ------------*- C -*-===*\
|*                                                                            *|
|* Part of gdn, under the Apache License v2.0 with LLVM Exceptions.           *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
|* Compiled host code allocates, copies and launches through these functions. *|
|* A GPU and its simulator each have them. An error ends the call of the      *|
|* entry function as gdn_runtime_fail does; what is allocated is freed then.  *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GDN_C_GPU_H
#define GDN_C_GPU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A kernel: a global of the compiled module. */
typedef struct GdnKernel {
  /** A cubin, a fatbin or PTX; NULL for a simulated kernel. */
  const void *image;
  uint64_t image_size;
  /** The kernel's symbol in the image, zero-terminated. */
  const char *name;
  /** What one thread of a simulated kernel does; `arguments[i]` is the address
   *  of argument i. NULL if there is an image. */
  void (*simulated)(void *const *arguments);
  /** Bytes of each argument. */
  const uint64_t *argument_sizes;
  uint32_t num_arguments;
  /** Bytes of variables of fixed size in shared memory. */
  uint32_t static_shared_bytes;
  /** Belongs to the implementation; NULL at first. */
  void *cache;
} GdnKernel;

/** At least `bytes` bytes of the GPU's memory, aligned to 256. */
void *gdn_gpu_allocate(int64_t bytes);

/** Frees what gdn_gpu_allocate gave; nothing if `pointer` is NULL. */
void gdn_gpu_free(void *pointer);

/** Copies to the GPU, after all work that was launched before. */
void gdn_gpu_copy_to_device(void *device, const void *host, int64_t bytes);

/** Copies from the GPU, and waits until it is done. */
void gdn_gpu_copy_to_host(void *host, const void *device, int64_t bytes);

/** Launches `kernel` over a grid of CTAs, each of a block of threads;
 *  `arguments[i]` is the address of argument i. Does not wait. A grid without
 *  CTAs does nothing. */
void gdn_gpu_launch(GdnKernel *kernel, int64_t grid_x, int64_t grid_y,
                    int64_t grid_z, int64_t block_x, int64_t block_y,
                    int64_t block_z, int64_t dynamic_shared_bytes,
                    void *const *arguments);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GDN_C_GPU_H */
