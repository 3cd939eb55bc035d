//===- Invocation.h - One call of compiled code -----------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CPU_INVOCATION_H
#define GDN_RUNTIME_CPU_INVOCATION_H

#include "runtime/core/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gdn::runtime {

/// What the check ops found during a call.
struct CallReport {
  int64_t numChecks = 0;
  /// One sentence per failed check, its location first.
  std::vector<std::string> failures;
};

/// Compiled code behind a packed interface: `arguments` point to its arguments.
using CompiledFunction = void (*)(void **arguments);

/// Calls `function`; its checks go to `report`. Fails with the message of
/// gdn_runtime_fail if the code calls that. Calls may nest and may run on
/// several threads, each with a report of its own.
Error invoke(CompiledFunction function, void **arguments, CallReport &report);

/// The report of the innermost call on this thread, or null outside any.
CallReport *getCurrentReport();

/// The machine's memory in bytes.
uint64_t getPhysicalMemory();

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CPU_INVOCATION_H
