//===- Report.h - What simulated kernels did --------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_SIM_REPORT_H
#define GDN_RUNTIME_SIM_REPORT_H

#include "runtime/sim/Launch.h"
#include "runtime/sim/Tracker.h"

#include <map>
#include <string>
#include <vector>

namespace gdn::runtime::sim {

/// How often an op was executed.
struct OperationCounts {
  /// By threads, and by elements of its vectors in these.
  uint64_t threads = 0;
  uint64_t elements = 0;
  /// By warps; lanes that execute it together count as one.
  uint64_t warps = 0;
};

/// All launches of a kernel, added up.
struct KernelReport {
  std::string kernel;
  uint64_t launches = 0;
  uint64_t ctas = 0;
  uint64_t threads = 0;
  std::map<std::string, OperationCounts> operations;
  /// Bytes that threads asked for, in each memory.
  RequestedBytes global, shared, local;
  /// Bytes of global memory, each counted once per launch. `manyCtas`: those
  /// that more than one CTA read. 0 where accesses are not followed.
  DistinctBytes distinct;
};

/// Adds a launch that went well to the report of its kernel in `reports`.
void addLaunch(std::vector<KernelReport> &reports, const Launch &launch,
               const DistinctBytes &distinct);

/// `reports` as JSON:
///
///     {"kernels": [{"kernel": "k", "launches": 1, "ctas": 8, "threads": 1024,
///       "bytes": {"global": {"read": 4096, "written": 0, "distinct_read": 512,
///                            "distinct_written": 0, "read_by_many_ctas": 512},
///                 "shared": {"read": 0, "written": 0}, "local": ...},
///       "operations": {"llvm.fadd": {"threads": 64, "elements": 256,
///                                    "warps": 2}, ...}}, ...]}
std::string renderReport(const std::vector<KernelReport> &reports);

} // namespace gdn::runtime::sim

#endif // GDN_RUNTIME_SIM_REPORT_H
