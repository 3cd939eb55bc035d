//===- RunTool.h - gdn-run --------------------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_RUNTOOL_H
#define GDN_TOOLS_LIB_RUNTOOL_H

namespace gdn::tools {

/// The program gdn-run. Returns its exit code: 0 if everything ran, every check
/// held and every comparison was within its bound.
int runMain(int argc, char **argv);

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_RUNTOOL_H
