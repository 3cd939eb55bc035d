//===- CompiledCode.h - What compiled code calls ----------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CPU_COMPILEDCODE_H
#define GDN_RUNTIME_CPU_COMPILEDCODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A memref descriptor in memory: two addresses, an offset in elements, then
/// `rank` sizes and `rank` strides. The second address counts, plus the offset.
typedef struct GdnMemRef {
  void *allocated;
  void *aligned;
  int64_t offset;
  int64_t sizesAndStrides[];
} GdnMemRef;

/// Expects |a - b| <= atol + rtol * |b| in every element of two buffers of the
/// GdnDType `dtype`, with descriptors `descA` and `descB` (GdnMemRef) of the
/// ranks before them. Equal infinities agree, NaN agrees with nothing. Notes a
/// failure in the report of the current call, under `location`, and returns.
void gdn_check_expect_close(int64_t rankA, void *descA, int64_t rankB,
                            void *descB, int32_t dtype, double atol,
                            double rtol, const char *location);

/// The same, but expects equal bits.
void gdn_check_expect_equal(int64_t rankA, void *descA, int64_t rankB,
                            void *descB, int32_t dtype, const char *location);

/// Ends the current call with `message`. Does not return. Memory that the call
/// has allocated is lost. In a parallel loop, and on a thread that is not in a
/// call, it prints the message and ends the process.
void gdn_runtime_fail(const char *message);

/// malloc and aligned_alloc for compiled code, which does not look at the
/// address: these fail as gdn_runtime_fail does instead of returning null, also
/// where the size exceeds the machine's memory.
void *gdn_runtime_malloc(size_t size);
void *gdn_runtime_aligned_alloc(size_t alignment, size_t size);

/// __truncsfbf2 and __truncdfbf2 of compilers' libraries, which LLVM calls to
/// round to bf16 where a machine has no instruction for it, and which older
/// libraries lack. The result is a bf16 in the lower half of the float.
float gdn_runtime_truncsfbf2(float value);
float gdn_runtime_truncdfbf2(double value);

#ifdef __cplusplus
} // extern "C"
#endif

#endif // GDN_RUNTIME_CPU_COMPILEDCODE_H
