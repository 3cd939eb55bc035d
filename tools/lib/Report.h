//===- Report.h - What programs print ---------------------------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_REPORT_H
#define GDN_TOOLS_LIB_REPORT_H

#include "runtime/core/Error.h"
#include "runtime/core/Tensor.h"

#include <string>

namespace gdn::tools {

/// Prints `label`, padded, and `text` to standard output.
void printRow(const std::string &label, const std::string &text);

/// Prints "TOOL: error: SENTENCE" to standard error.
void printError(const std::string &tool, const std::string &sentence);

/// "1.25 s", "31.2 ms" or "8.5 us".
std::string formatSeconds(double seconds);

/// Three significant digits: "3.12e-07".
std::string formatNumber(double number);

/// `text` with spaces behind it, at least `width` characters.
std::string pad(std::string text, size_t width);

/// `name` as quote() escapes and shortens it, without the quotes.
std::string formatName(const std::string &name);

/// The checksum of the tensor's bytes, 16 hexadecimal digits.
std::string formatChecksum(const runtime::Tensor &tensor);

} // namespace gdn::tools

#endif // GDN_TOOLS_LIB_REPORT_H
