//===- Arguments.h - Tensors for the arguments of a function ----*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_ARGUMENTS_H
#define GDN_TOOLS_LIB_ARGUMENTS_H

#include "runtime/core/Tensor.h"
#include "runtime/jit/EntryPoint.h"
#include "tools/lib/RunOptions.h"

namespace gdn::tools {

/// One tensor per argument of `entry`: from --bytes or --inputs, else filled as
/// its gdn.init says. Dynamic sizes of a filled argument: its token dimension
/// has --tokens elements, or as many as that of an argument that is given.
/// Fails with a sentence that names the tensor, also for given tensors that are
/// no arguments, and if the arguments do not fit the machine's memory.
runtime::Result<std::vector<runtime::Tensor>>
bindArguments(const runtime::EntryPoint &entry, const RunOptions &options);

/// The tokens of all batch entries in the first argument that has a token
/// dimension; 0 if none has.
int64_t countTokens(const runtime::EntryPoint &entry,
                    const std::vector<runtime::Tensor> &arguments);

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_ARGUMENTS_H
