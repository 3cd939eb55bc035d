//===- Workload.cpp - What is measured: one rule of one size --------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/Workload.h"
#include "runtime/core/Fill.h"

#include <algorithm>
#include <cmath>
#include <thread>

using namespace gdn::runtime;
using namespace gdn::bench;

int64_t Operand::getNumBytes() const {
  int64_t bytes = getDTypeSize(dtype);
  for (int64_t size : shape)
    bytes *= size;
  return bytes;
}

/// Adds a gate of value heads, unless its form is none.
static void addGate(std::vector<Operand> &operands, GateForm form, Operand gate,
                    const Shape &shape, int64_t channels) {
  if (form == GateForm::None)
    return;
  gate.shape = {shape.batch, shape.tokens, shape.valueHeads};
  if (form == GateForm::Channel)
    gate.shape.push_back(channels);
  operands.push_back(std::move(gate));
}

std::vector<Operand> Workload::getOperands() const {
  const auto &[batch, tokens, heads, keyChannels, valueChannels, valueHeads] =
      shape;
  std::vector<int64_t> keyShape = {batch, tokens, heads, keyChannels};
  std::vector<int64_t> valueShape = {batch, tokens, valueHeads, valueChannels};
  std::vector<Operand> operands = {
      {"query", "", dtype, keyShape, Contents::UnitRows},
      {"key", "", dtype, keyShape, Contents::UnitRows},
      {"value", "", dtype, valueShape, Contents::Normal},
  };
  addGate(operands, member.decay,
          {"decay", "decay", GDN_DTYPE_F32, {}, Contents::LogDecay}, shape,
          keyChannels);
  addGate(operands, member.erase, {"erase", "erase", dtype, {}, Contents::Gate},
          shape, keyChannels);
  addGate(operands, member.write, {"write", "write", dtype, {}, Contents::Gate},
          shape, valueChannels);
  operands.push_back({"initial_state",
                      "state",
                      GDN_DTYPE_F32,
                      {batch, valueHeads, keyChannels, valueChannels},
                      Contents::Normal});
  return operands;
}

std::vector<Operand> Workload::getResults() const {
  std::vector<Operand> operands = getOperands();
  Operand output = operands[2], state = operands.back();
  output.name = "output";
  state.name = "final_state";
  return {output, state};
}

static std::string formatType(const Operand &operand) {
  std::string text = "tensor<";
  for (int64_t size : operand.shape)
    text += std::to_string(size) + "x";
  return text + getDTypeName(operand.dtype) + ">";
}

std::string Workload::getModuleText() const {
  std::string arguments, values, types, results;
  for (const Operand &operand : getOperands()) {
    std::string separator = arguments.empty() ? "" : ", ",
                type = formatType(operand);
    arguments += separator + "%" + operand.name + ": " + type +
                 " {gdn.name = \"" + operand.name + "\"}";
    types += separator + type;
    if (operand.keyword.empty())
      values += separator + "%" + operand.name;
    else
      values += " " + operand.keyword + "(%" + operand.name + ")";
  }
  for (const Operand &result : getResults())
    results += (results.empty() ? "" : ", ") + formatType(result);
  return "func.func @rule(" + arguments + ") -> (" + results + ") {\n" +
         "  %output, %final_state = gdn.delta_rule " + values +
         (schedule.empty() ? "" : " {schedule = " + schedule + "}") +
         "\n      : (" + types + ") -> (" + results + ")\n" +
         "  return %output, %final_state : " + results + "\n}\n";
}

int64_t Workload::countBytes() const {
  int64_t bytes = 0;
  for (const Operand &operand : getOperands())
    bytes += operand.getNumBytes();
  for (const Operand &result : getResults())
    bytes += result.getNumBytes();
  return bytes;
}

double Workload::countFlops() const {
  double k = static_cast<double>(shape.keyChannels);
  double v = static_cast<double>(shape.valueChannels);
  double c = static_cast<double>(std::min<int64_t>(shape.tokens, 32));
  double tokenHeads = static_cast<double>(countTokens()) *
                      static_cast<double>(shape.valueHeads);
  return tokenHeads * (6 * k * v + 4 * c * (k + v) + c * c);
}

std::string Workload::format() const {
  return std::string(member.name) + " " + getDTypeName(dtype) + " " +
         shape.format();
}

/// x becomes -softplus(x) = -log(1 + exp(x)).
static void turnToLogDecay(Tensor &tensor, int64_t begin, int64_t end) {
  constexpr int64_t blockSize = 4096;
  std::vector<double> block(blockSize);
  for (; begin < end; begin += blockSize) {
    int64_t count = std::min(blockSize, end - begin);
    tensor.readDoubles(begin, count, block.data());
    for (int64_t i = 0; i < count; ++i)
      block[i] = -std::log1p(std::exp(block[i]));
    tensor.writeDoubles(begin, count, block.data());
  }
}

/// The same for the whole tensor, on all threads of the machine.
static void turnToLogDecay(Tensor &tensor) {
  int64_t count = tensor.getNumElements();
  int64_t threads = std::max(1u, std::thread::hardware_concurrency());
  int64_t share = std::max<int64_t>(count / threads + 1, 1 << 14);
  std::vector<std::thread> workers;
  for (int64_t begin = share; begin < count; begin += share)
    workers.emplace_back(
        [&tensor, begin, end = std::min(begin + share, count)] {
          turnToLogDecay(tensor, begin, end);
        });
  turnToLogDecay(tensor, 0, std::min(share, count));
  for (std::thread &worker : workers)
    worker.join();
}

static std::string getFillSpec(const Operand &operand) {
  switch (operand.contents) {
  case Contents::UnitRows:
    return "normal(" +
           std::to_string(1.0 / std::sqrt(double(operand.shape.back()))) + ")";
  case Contents::Normal:
    return "normal(1)";
  case Contents::LogDecay:
    return "normal(-1.5, 1)";
  case Contents::Gate:
    break;
  }
  return "uniform(0, 1)";
}

Result<Tensor> gdn::bench::makeTensor(const Operand &operand, uint64_t seed) {
  Result<Tensor> tensor = Tensor::create(operand.dtype, operand.shape);
  if (!tensor)
    return tensor;
  if (Error error =
          fillTensor(*tensor, getFillSpec(operand), seed, operand.name))
    return error;
  if (operand.contents == Contents::LogDecay)
    turnToLogDecay(*tensor);
  return tensor;
}
