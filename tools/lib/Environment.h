//===- Environment.h - What programs take from the environment --*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_ENVIRONMENT_H
#define GDN_TOOLS_LIB_ENVIRONMENT_H

#include "runtime/core/Error.h"

namespace gdn::tools {

/// Fails if OMP_NUM_THREADS holds what libomp does not understand: it aborts or
/// hangs then.
runtime::Error checkThreadsVariable();

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_ENVIRONMENT_H
