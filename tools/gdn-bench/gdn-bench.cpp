//===- gdn-bench.cpp - Measures the rule on this machine ------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/BenchTool.h"

int main(int argc, char **argv) { return gdn::bench::benchMain(argc, argv); }
