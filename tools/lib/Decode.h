//===- Decode.h - Prefill and decoding against the whole --------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_DECODE_H
#define GDN_TOOLS_LIB_DECODE_H

#include "runtime/jit/CompiledModule.h"
#include "tools/lib/Tolerance.h"

namespace gdn::tools {

/// Calls `entry` once with all tokens of `arguments`. Then again with all but
/// the last `numTokens`, and once for each of these, where every result that
/// has the name of an argument becomes that argument of the next call. Prints
/// how far each decoded token, and what is carried at the end, is from the
/// first call. Fails if that is further than getDecodeTolerance() with
/// `bounds`, and if `entry` has no token dimension or carries nothing.
runtime::Error runDecode(const runtime::CompiledModule &module,
                         const runtime::EntryPoint &entry,
                         std::vector<runtime::Tensor> arguments,
                         int64_t numTokens, const Bounds &bounds);

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_DECODE_H
