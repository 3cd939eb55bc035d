//===- Flags.cpp - Command lines ------------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Flags.h"
#include "llvm/ADT/StringRef.h"

#include <cmath>

using namespace gdn::runtime;
using namespace gdn::tools;

void FlagParser::add(std::string name, std::string value, std::string help,
                     Handler handler) {
  flags.push_back(
      {std::move(name), std::move(value), std::move(help), std::move(handler)});
}

static Error failGivenTwice(const std::string &name) {
  return makeError("--", name, " is given twice");
}

void FlagParser::addString(std::string name, std::string value,
                           std::string help, std::optional<std::string> &out) {
  auto handler = [&out, name](const std::string &text) {
    if (out)
      return failGivenTwice(name);
    out = text;
    return Error::success();
  };
  add(std::move(name), std::move(value), std::move(help), handler);
}

void FlagParser::addInteger(std::string name, std::string help,
                            std::optional<int64_t> &out, int64_t min,
                            int64_t max) {
  auto handler = [&out, name, min, max](const std::string &text) {
    if (out)
      return failGivenTwice(name);
    int64_t number;
    if (llvm::StringRef(text).getAsInteger(10, number) || number < min ||
        number > max)
      return makeError("expects --", name, " to be an integer from ", min,
                       " to ", max, ", but got ", quote(text));
    out = number;
    return Error::success();
  };
  add(std::move(name), "N", std::move(help), handler);
}

void FlagParser::addNumber(std::string name, std::string help,
                           std::optional<double> &out) {
  auto handler = [&out, name](const std::string &text) {
    if (out)
      return failGivenTwice(name);
    double number;
    if (llvm::StringRef(text).getAsDouble(number) || !std::isfinite(number) ||
        number < 0)
      return makeError("expects --", name,
                       " to be a number that is at least 0, but got ",
                       quote(text));
    out = number;
    return Error::success();
  };
  add(std::move(name), "X", std::move(help), handler);
}

const FlagParser::Flag *FlagParser::find(const std::string &name) const {
  for (const Flag &flag : flags)
    if (flag.name == name)
      return &flag;
  return nullptr;
}

Result<std::vector<std::string>>
FlagParser::parse(const std::vector<std::string> &arguments) const {
  std::vector<std::string> rest;
  for (size_t i = 0; i < arguments.size(); ++i) {
    llvm::StringRef argument = arguments[i];
    if (argument == "--") {
      rest.insert(rest.end(), arguments.begin() + i + 1, arguments.end());
      break;
    }
    if (!argument.starts_with("-") || argument == "-") {
      rest.push_back(arguments[i]);
      continue;
    }
    auto [name, value] = argument.ltrim('-').split('=');
    const Flag *flag = find(name.str());
    if (!flag)
      return makeError("unknown flag ", quote(argument.split('=').first));
    bool hasValue = argument.contains('=');
    if (!hasValue && i + 1 == arguments.size())
      return makeError("expects a value after --", flag->name);
    std::string text = hasValue ? value.str() : arguments[++i];
    if (Error error = flag->handler(text))
      return error;
  }
  return rest;
}

std::string FlagParser::getHelp() const {
  constexpr size_t column = 28;
  std::string text;
  for (const Flag &flag : flags) {
    std::string line = "  --" + flag.name + "=" + flag.value;
    line.resize(std::max(column, line.size() + 1), ' ');
    text += line;
    for (char c : flag.help)
      text += c == '\n' ? "\n" + std::string(column, ' ') : std::string(1, c);
    text += "\n";
  }
  return text;
}
