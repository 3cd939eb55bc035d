//===- Progress.cpp - How far a run has come ------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/Progress.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace gdn::bench;

Progress::Progress(size_t total)
    : total(total), columns(llvm::sys::Process::StandardErrIsDisplayed()
                                ? llvm::sys::Process::StandardErrColumns()
                                : 0) {}

void Progress::begin(const std::string &what) {
  constexpr size_t width = 20;
  size_t full = total ? width * numBegun / total : 0;
  ++numBegun;
  if (columns < width + 2)
    return;
  clear();
  std::string line =
      "[" + std::string(full, '#') + std::string(width - full, ' ') + "] " +
      std::to_string(numBegun) + "/" + std::to_string(total) + " " + what;
  llvm::errs() << line.substr(0, columns - 1);
  llvm::errs().flush();
  shown = true;
}

void Progress::clear() {
  if (shown)
    llvm::errs() << "\r\033[K";
  shown = false;
}
