//===- Flags.h - Command lines ----------------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_FLAGS_H
#define GDN_TOOLS_LIB_FLAGS_H

#include "runtime/core/Error.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace gdn::tools {

/// The flags of a program, written `--name=value` or `--name value`. Errors are
/// those of the runtime: one sentence.
class FlagParser {
public:
  using Handler = std::function<runtime::Error(const std::string &value)>;

  /// Adds `--name`; `value` is what help calls its value. A flag that is given
  /// twice is handled twice.
  void add(std::string name, std::string value, std::string help,
           Handler handler);

  /// Flags that store their value, which may be given once: `out` is empty
  /// before. Integers are `min` to `max`, numbers finite and at least 0.
  void addString(std::string name, std::string value, std::string help,
                 std::optional<std::string> &out);
  void addInteger(std::string name, std::string help,
                  std::optional<int64_t> &out, int64_t min, int64_t max);
  void addNumber(std::string name, std::string help,
                 std::optional<double> &out);

  /// Handles the flags among `arguments` and returns the rest. "-" and what
  /// follows "--" are no flags.
  runtime::Result<std::vector<std::string>>
  parse(const std::vector<std::string> &arguments) const;

  /// One line per flag, more where its help has line breaks.
  std::string getHelp() const;

private:
  struct Flag {
    std::string name;
    std::string value;
    std::string help;
    Handler handler;
  };

  const Flag *find(const std::string &name) const;

  std::vector<Flag> flags;
};

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_FLAGS_H
