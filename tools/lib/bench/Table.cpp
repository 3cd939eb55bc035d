//===- Table.cpp - Results as tables --------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Report.h"
#include "tools/lib/bench/Results.h"

#include <algorithm>
#include <cstdio>
#include <map>

using namespace gdn::bench;
using gdn::tools::formatSeconds;

namespace {
/// Text in columns: the first ones flush left, numbers flush right.
class Table {
public:
  Table(std::vector<std::string> header, size_t numLeft)
      : numLeft(numLeft), lines{std::move(header)} {}

  void add(std::vector<std::string> cells) {
    lines.push_back(std::move(cells));
  }

  std::string format() const;

private:
  size_t numLeft;
  std::vector<std::vector<std::string>> lines;
};
} // namespace

std::string Table::format() const {
  std::vector<size_t> widths(lines.front().size());
  for (const std::vector<std::string> &cells : lines)
    for (size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], cells[i].size());
  std::string text;
  for (const std::vector<std::string> &cells : lines) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      std::string space(widths[i] - cells[i].size(), ' ');
      line +=
          (i ? "  " : "") + (i < numLeft ? cells[i] + space : space + cells[i]);
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

/// `number` with `digits` behind the point.
static std::string formatFixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", digits, number);
  return text;
}

/// Three digits: "1234", "56.7", "8.91".
static std::string formatShort(double number) {
  return formatFixed(number, number >= 100 ? 0 : number >= 10 ? 1 : 2);
}

/// "12.3M" for 12.3e6.
static std::string formatCount(double number) {
  for (auto [unit, letter] : {std::pair(1e9, "G"), {1e6, "M"}, {1e3, "k"}})
    if (number >= unit)
      return formatShort(number / unit) + letter;
  return formatShort(number);
}

/// "-" if `share` was not measured.
static std::string formatShare(double share) {
  return share > 0.0 ? formatFixed(100.0 * share, 1) + "%" : "-";
}

std::string gdn::bench::formatTable(const Results &results) {
  bool hasGpu = false;
  for (const Row &row : results.rows)
    hasGpu |= row.launchSeconds.has_value();
  std::vector<std::string> header = {"target", "member",  "dtype", "B,T,H,K",
                                     "median", "p20",     "p80",   "token/s",
                                     "GB/s",   "of copy", "copy",  "GFLOP/s",
                                     "of FMA", "compile"};
  if (hasGpu)
    header.insert(header.end(),
                  {"first", "launch", "regs", "spills", "shared"});
  Table table(header, /*numLeft=*/4);
  for (const Row &row : results.rows) {
    std::vector<std::string> cells = {row.target,
                                      row.member,
                                      row.dtype,
                                      row.shape.format(),
                                      formatSeconds(row.times.median),
                                      formatSeconds(row.times.p20),
                                      formatSeconds(row.times.p80),
                                      formatCount(row.getTokenRate()),
                                      formatShort(row.getBandwidth() / 1e9),
                                      formatShare(row.getByteShare()),
                                      formatShort(row.copyBandwidth / 1e9),
                                      formatShort(row.getFlopRate() / 1e9),
                                      formatShare(row.getFlopShare()),
                                      formatSeconds(row.compileSeconds)};
    if (hasGpu) {
      auto addSeconds = [&](std::optional<double> seconds) {
        cells.push_back(seconds ? formatSeconds(*seconds) : "-");
      };
      addSeconds(row.firstSeconds);
      addSeconds(row.launchSeconds);
      auto add = [&](int64_t KernelResources::*field) {
        cells.push_back(row.resources ? std::to_string(*row.resources.*field)
                                      : "-");
      };
      add(&KernelResources::registers);
      add(&KernelResources::spillBytes);
      add(&KernelResources::sharedBytes);
    }
    table.add(std::move(cells));
  }
  std::string text;
  for (const std::string &machine : results.machines)
    text += machine + "\n";
  return text + table.format();
}

RatioTable gdn::bench::compareResults(const Results &before,
                                      const Results &after) {
  std::map<std::string, const Row *> known;
  for (const Row &row : before.rows)
    known[row.getKey()] = &row;
  RatioTable result;
  Table table({"row", "before", "after", "ratio"}, /*numLeft=*/1);
  for (const Row &row : after.rows) {
    std::string key = row.getKey();
    auto it = known.find(key);
    if (it == known.end()) {
      table.add({key, "-", formatSeconds(row.times.median), "-"});
      continue;
    }
    double old = it->second->times.median, ratio = row.times.median / old;
    table.add({key, formatSeconds(old), formatSeconds(row.times.median),
               formatFixed(ratio, 3)});
    known.erase(it);
    ++result.numPairs;
    if (ratio > result.worst) {
      result.worst = ratio;
      result.worstKey = key;
    }
  }
  for (const auto &[key, row] : known)
    table.add({key, formatSeconds(row->times.median), "-", "-"});
  result.text = table.format();
  return result;
}
