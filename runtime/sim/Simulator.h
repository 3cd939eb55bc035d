//===- Simulator.h - A GPU in host memory -----------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of gdn-c/Gpu.h on a simulated GPU, one of which each process
// has. Kernels are simulated functions (see gdn-c/Sim.h). All is done when a
// function returns, and threads of the host take turns.
//
// An error ends the call by gdn_runtime_fail with one sentence. In a kernel, it
// names the kernel, CTA, thread, op, place in the source and place in memory:
// accesses out of bounds or misaligned, reads of what was never written, races,
// divergence where threads must meet.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_SIMULATOR_H
#define GDN_RUNTIME_SIM_SIMULATOR_H

#include "gdn-c/Gpu.h"
#include "runtime/sim/Report.h"

#include <string>
#include <utility>
#include <vector>

namespace gdn::runtime::sim {

/// As gdn_gpu_* of gdn-c/Gpu.h.
void *allocate(int64_t bytes);
void free(void *pointer);
void copyToDevice(void *device, const void *host, int64_t bytes);
void copyToHost(void *host, const void *device, int64_t bytes);
void launch(GdnKernel *kernel, int64_t gridX, int64_t gridY, int64_t gridZ,
            int64_t blockX, int64_t blockY, int64_t blockZ,
            int64_t dynamicSharedBytes, void *const *arguments);

/// Lets kernels access `bytes` bytes of host memory, which count as written.
void addMemory(void *begin, int64_t bytes);
/// Ends that.
void removeMemory(void *begin);

/// Frees what this thread has allocated and not freed: for the caller of code
/// that failed.
void freeAll();

/// Whether to follow who reads and writes what (on at first): without it, reads
/// of unwritten memory and races go unseen and no byte counts as distinct.
void setTracking(bool isTracked);

/// What kernels did since the start or the last resetReport().
std::vector<KernelReport> getReport();
void resetReport();

/// getReport() as JSON; see renderReport().
std::string renderSimReport();

/// What compiled code may call: names of gdn-c/Gpu.h and gdn-c/Sim.h with the
/// addresses of the functions here.
std::vector<std::pair<const char *, void *>> getSymbols();

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_SIMULATOR_H
