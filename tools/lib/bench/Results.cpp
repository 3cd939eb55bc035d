//===- Results.cpp - What was measured ------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/Results.h"

#include <algorithm>
#include <cassert>
#include <cmath>

using namespace gdn::bench;

/// The value below which the share `p` of the sorted `samples` lies,
/// interpolated.
static double computeQuantile(const std::vector<double> &samples, double p) {
  double position = p * static_cast<double>(samples.size() - 1);
  auto below = static_cast<size_t>(position);
  size_t above = std::min(below + 1, samples.size() - 1);
  double part = position - std::floor(position);
  return samples[below] + part * (samples[above] - samples[below]);
}

Times gdn::bench::summarize(std::vector<double> samples) {
  assert(!samples.empty() && "no time was measured");
  std::sort(samples.begin(), samples.end());
  Times times;
  times.median = computeQuantile(samples, 0.5);
  times.p20 = computeQuantile(samples, 0.2);
  times.p80 = computeQuantile(samples, 0.8);
  times.samples = static_cast<int64_t>(samples.size());
  return times;
}

/// Clocks have no finer steps.
static double atLeastNanosecond(double seconds) {
  return std::max(seconds, 1e-9);
}

double Row::getTokenRate() const {
  return static_cast<double>(tokens) / atLeastNanosecond(times.median);
}

double Row::getBandwidth() const {
  return static_cast<double>(bytes) / atLeastNanosecond(times.median);
}

double Row::getFlopRate() const {
  return flops / atLeastNanosecond(times.median);
}

double Row::getByteShare() const {
  return copyBandwidth > 0.0 ? getBandwidth() / copyBandwidth : 0.0;
}

double Row::getFlopShare() const {
  return fmaPeak > 0.0 ? getFlopRate() / fmaPeak : 0.0;
}

std::string Row::getKey() const {
  return target + " " + member + " " + dtype + " " + shape.format();
}
