//===- Report.cpp - What simulated kernels did ----------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace gdn::runtime::sim;
using nlohmann::ordered_json;

static void add(RequestedBytes &sum, const RequestedBytes &bytes) {
  sum.read += bytes.read;
  sum.written += bytes.written;
}

static const RequestedBytes &getRequested(const Launch &launch, Space space) {
  return launch.requested[static_cast<size_t>(space)];
}

static uint64_t getNumElements(const Dim3 &dim) {
  return uint64_t(dim[0]) * dim[1] * dim[2];
}

static KernelReport &find(std::vector<KernelReport> &reports,
                          const std::string &kernel) {
  auto it = std::find_if(
      reports.begin(), reports.end(),
      [&](const KernelReport &report) { return report.kernel == kernel; });
  if (it != reports.end())
    return *it;
  reports.emplace_back();
  reports.back().kernel = kernel;
  return reports.back();
}

void gdn::runtime::sim::addLaunch(std::vector<KernelReport> &reports,
                                  const Launch &launch,
                                  const DistinctBytes &distinct) {
  KernelReport &report = find(reports, launch.name);
  ++report.launches;
  report.ctas += getNumElements(launch.grid);
  report.threads += getNumElements(launch.grid) * getNumElements(launch.block);
  add(report.global, getRequested(launch, Space::Global));
  add(report.shared, getRequested(launch, Space::Shared));
  add(report.local, getRequested(launch, Space::Local));
  report.distinct.read += distinct.read;
  report.distinct.written += distinct.written;
  report.distinct.manyCtas += distinct.manyCtas;
  for (size_t block = 0; block < launch.threadCounts.size(); ++block)
    for (const BlockCounts::Entry &entry :
         launch.table->blocks[block].entries) {
      OperationCounts &counts = report.operations[entry.op];
      counts.threads += launch.threadCounts[block] * entry.count;
      counts.elements += launch.threadCounts[block] * entry.elements;
      counts.warps += launch.warpCounts[block] * entry.count;
    }
}

static ordered_json renderBytes(const RequestedBytes &bytes) {
  return {{"read", bytes.read}, {"written", bytes.written}};
}

static ordered_json renderKernel(const KernelReport &report) {
  ordered_json global = renderBytes(report.global);
  global["distinct_read"] = report.distinct.read;
  global["distinct_written"] = report.distinct.written;
  global["read_by_many_ctas"] = report.distinct.manyCtas;
  ordered_json operations = ordered_json::object();
  for (const auto &[name, counts] : report.operations)
    if (counts.threads)
      operations[name] = {{"threads", counts.threads},
                          {"elements", counts.elements},
                          {"warps", counts.warps}};
  return {{"kernel", report.kernel},
          {"launches", report.launches},
          {"ctas", report.ctas},
          {"threads", report.threads},
          {"bytes",
           {{"global", global},
            {"shared", renderBytes(report.shared)},
            {"local", renderBytes(report.local)}}},
          {"operations", operations}};
}

std::string
gdn::runtime::sim::renderReport(const std::vector<KernelReport> &reports) {
  ordered_json kernels = ordered_json::array();
  for (const KernelReport &report : reports)
    kernels.push_back(renderKernel(report));
  ordered_json root = {{"kernels", kernels}};
  return root.dump(2, ' ', /*ensure_ascii=*/false,
                   ordered_json::error_handler_t::replace) +
         "\n";
}
