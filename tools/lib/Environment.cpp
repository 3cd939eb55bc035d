//===- Environment.cpp - What programs take from the environment ----------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Environment.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdlib>

using namespace gdn::runtime;
using llvm::SmallVector;
using llvm::StringRef;

Error gdn::tools::checkThreadsVariable() {
  const char *text = std::getenv("OMP_NUM_THREADS");
  if (!text)
    return Error::success();
  SmallVector<StringRef> levels;
  StringRef(text).split(levels, ',');
  for (StringRef level : levels) {
    unsigned threads;
    if (level.trim().getAsInteger(10, threads) || threads < 1 || threads > 1024)
      return makeError("expects OMP_NUM_THREADS to be 1 to 1024, but got ",
                       quote(text), "; unset it, or use --threads");
  }
  return Error::success();
}
