//===- RunOptions.h - The command line of gdn-run ---------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_RUNOPTIONS_H
#define GDN_TOOLS_LIB_RUNOPTIONS_H

#include "runtime/core/Error.h"
#include "runtime/jit/Targets.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gdn::tools {

/// What the command line of gdn-run asks for.
struct RunOptions {
  /// "-" is standard input.
  std::string file;
  std::optional<std::string> entry;
  runtime::CompileOptions compile;
  /// The GPU of target cuda.
  int device = 0;
  std::optional<std::string> inputs;
  std::optional<std::string> outputs;
  bool compareWithReference = false;
  std::optional<double> rtol;
  int64_t repeat = 1;
  uint64_t seed = 0;
  std::optional<int64_t> threads;
  std::optional<int64_t> tokens;
  std::optional<int64_t> decode;
  /// Where to write what simulated kernels did, as JSON; "-" is standard
  /// output.
  std::optional<std::string> simReport;
  /// Files by the argument that holds their bytes.
  std::map<std::string, std::string> bytes;
  /// What to print instead of running, for --help and --version.
  std::optional<std::string> text;
};

runtime::Result<RunOptions>
parseRunOptions(const std::vector<std::string> &arguments);

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_RUNOPTIONS_H
