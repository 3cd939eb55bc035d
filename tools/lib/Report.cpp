//===- Report.cpp - What programs print -----------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Report.h"
#include "runtime/core/Compare.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace gdn::runtime;

std::string gdn::tools::pad(std::string text, size_t width) {
  if (text.size() < width)
    text.resize(width, ' ');
  return text;
}

void gdn::tools::printRow(const std::string &label, const std::string &text) {
  constexpr size_t width = 9;
  llvm::outs() << pad(label, width) << text << "\n";
}

void gdn::tools::printError(const std::string &tool,
                            const std::string &sentence) {
  llvm::outs().flush();
  llvm::errs() << tool << ": error: " << sentence << "\n";
}

/// `number` with `digits` significant digits.
static std::string formatDigits(double number, const char *format) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format(format, number);
  return text;
}

std::string gdn::tools::formatSeconds(double seconds) {
  if (seconds >= 1.0)
    return formatDigits(seconds, "%.2f s");
  if (seconds >= 1e-3)
    return formatDigits(seconds * 1e3, "%.2f ms");
  return formatDigits(seconds * 1e6, "%.1f us");
}

std::string gdn::tools::formatNumber(double number) {
  return formatDigits(number, "%.2e");
}

std::string gdn::tools::formatName(const std::string &name) {
  std::string quoted = quote(name);
  return quoted.substr(1, quoted.size() - 2);
}

std::string gdn::tools::formatChecksum(const Tensor &tensor) {
  return llvm::formatv("{0:x-16}", checksum(tensor)).str();
}
