//===- Progress.h - How far a run has come ----------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_PROGRESS_H
#define GDN_TOOLS_LIB_BENCH_PROGRESS_H

#include <cstddef>
#include <string>

namespace gdn::bench {

/// A bar on standard error, if that is a terminal; else nothing is shown.
class Progress {
public:
  explicit Progress(size_t total);
  ~Progress() { clear(); }

  /// Shows that `what` begins, after as many steps as calls of this before.
  void begin(const std::string &what);

  /// Removes the bar, so that something else can be printed.
  void clear();

private:
  size_t total;
  size_t numBegun = 0;
  /// 0 if standard error is no terminal.
  size_t columns;
  bool shown = false;
};

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_PROGRESS_H
