//===- BenchTool.h - gdn-bench ----------------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_BENCHTOOL_H
#define GDN_TOOLS_LIB_BENCH_BENCHTOOL_H

namespace gdn::bench {

/// The program gdn-bench: measures, or compares two measurements. Returns the
/// exit status: 1 if a row could not be measured, the arguments are wrong, or
/// a ratio exceeds --fail-above.
int benchMain(int argc, char **argv);

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_BENCHTOOL_H
