//===- gdn-run.cpp - Compiles a module in memory and runs it --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/RunTool.h"

int main(int argc, char **argv) { return gdn::tools::runMain(argc, argv); }
