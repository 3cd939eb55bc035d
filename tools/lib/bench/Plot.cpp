//===- Plot.cpp - Results as a drawing ------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/Report.h"
#include "tools/lib/bench/Results.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace gdn::bench;
using gdn::tools::formatSeconds;

// Lengths are in pixels.
static constexpr int margin = 16;
static constexpr int labelWidth = 300;
static constexpr int barWidth = 400;
static constexpr int valueWidth = 330;
static constexpr int rowHeight = 34;
static constexpr int barHeight = 11;
static constexpr int headHeight = 52;

static constexpr const char *byteColor = "#4477aa";
static constexpr const char *flopColor = "#ee9944";

namespace {
/// Writes the elements of a drawing.
class Svg {
public:
  explicit Svg(llvm::raw_ostream &os) : os(os) {}

  void text(int x, int y, const std::string &words, const char *anchor) {
    os << llvm::formatv("<text x=\"{0}\" y=\"{1}\" text-anchor=\"{2}\">", x, y,
                        anchor);
    for (char c : words) {
      if (c == '<' || c == '&')
        os << (c == '<' ? "&lt;" : "&amp;");
      else
        os << c;
    }
    os << "</text>\n";
  }

  void bar(int x, int y, double width, const char *color) {
    os << llvm::formatv("<rect x=\"{0}\" y=\"{1}\" width=\"{2:f1}\" "
                        "height=\"{3}\" fill=\"{4}\"/>\n",
                        x, y, width, barHeight, color);
  }

  void verticalLine(int x, int top, int bottom) {
    os << llvm::formatv("<line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" "
                        "stroke=\"#aaaaaa\"/>\n",
                        x, top, bottom);
  }

private:
  llvm::raw_ostream &os;
};
} // namespace

/// The greatest share, but at least 1, so that scales of drawings are alike.
static double getScale(const Results &results) {
  double scale = 1.0;
  for (const Row &row : results.rows)
    scale = std::max({scale, row.getByteShare(), row.getFlopShare()});
  return scale;
}

static std::string describe(const Row &row) {
  std::string text =
      formatSeconds(row.times.median) +
      llvm::formatv(", {0:f0} GB/s ({1:f0}% of copy)", row.getBandwidth() / 1e9,
                    100.0 * row.getByteShare())
          .str();
  if (row.getFlopShare() > 0.0)
    text += llvm::formatv(", {0:f0} GFLOP/s ({1:f0}% of FMA)",
                          row.getFlopRate() / 1e9, 100.0 * row.getFlopShare())
                .str();
  return text;
}

static void drawRow(Svg &svg, const Row &row, int top, double scale) {
  constexpr int left = margin + labelWidth;
  int middle = top + rowHeight / 2 + 4;
  svg.text(left - 8, middle, row.getKey(), "end");
  auto width = [&](double share) { return barWidth * share / scale; };
  svg.bar(left, top + 5, width(row.getByteShare()), byteColor);
  if (row.getFlopShare() > 0.0)
    svg.bar(left, top + 5 + barHeight, width(row.getFlopShare()), flopColor);
  svg.text(left + barWidth + 8, middle, describe(row), "start");
}

std::string gdn::bench::formatSvg(const Results &results) {
  std::string text;
  llvm::raw_string_ostream os(text);
  constexpr int left = margin + labelWidth;
  int width = 2 * margin + labelWidth + barWidth + valueWidth;
  int bottom =
      margin + headHeight + rowHeight * static_cast<int>(results.rows.size());
  os << llvm::formatv(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"11\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      width, bottom + margin);
  Svg svg(os);
  std::string machines;
  for (const std::string &machine : results.machines)
    machines += (machines.empty() ? "" : "; ") + machine;
  svg.text(margin, margin + 12, machines, "start");
  svg.bar(left, margin + 22, barHeight, byteColor);
  svg.text(left + 16, margin + 32, "bytes, share of a copy", "start");
  svg.bar(left + 190, margin + 22, barHeight, flopColor);
  svg.text(left + 206, margin + 32, "flops, share of multiply-adds", "start");
  double scale = getScale(results);
  for (int percent : {0, 25, 50, 75, 100}) {
    int x = left + static_cast<int>(barWidth * percent / (100.0 * scale));
    svg.verticalLine(x, margin + headHeight, bottom);
    svg.text(x, margin + headHeight - 3, std::to_string(percent) + "%",
             "middle");
  }
  int top = margin + headHeight;
  for (const Row &row : results.rows) {
    drawRow(svg, row, top, scale);
    top += rowHeight;
  }
  os << "</svg>\n";
  return text;
}
