//===- Targets.cpp - What a module can be compiled for --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/jit/Targets.h"
#include "gdn/Analysis/GpuChip.h"
#include "gdn/Pipelines/Pipelines.h"
#include "runtime/cuda/Gpu.h"
#include "runtime/sim/Simulator.h"

using namespace mlir;
using namespace gdn::runtime;

namespace {
using BuildPhase = void (*)(OpPassManager &, const CompileOptions &);

struct TargetInfo {
  Target target;
  const char *name;
  BuildPhase buildSignature;
  BuildPhase buildCode;
  std::vector<std::pair<const char *, void *>> (*getSymbols)();
  void (*freeAll)();
};
} // namespace

static void buildNothing(OpPassManager &, const CompileOptions &) {}

static void buildReferenceSignature(OpPassManager &pm,
                                    const CompileOptions &options) {
  gdn::ToReferenceOptions reference;
  reference.widenResults = options.widenResults;
  reference.until = "loops";
  gdn::buildToReferencePipeline(pm, reference);
}

static void buildReferenceCode(OpPassManager &pm, const CompileOptions &) {
  gdn::buildToReferencePipeline(pm, gdn::ToReferenceOptions());
}

static void buildCpuCode(OpPassManager &pm, const CompileOptions &options) {
  gdn::ToCpuOptions cpu;
  cpu.chunkSize = options.chunkSize;
  cpu.valueSplit = options.valueSplit;
  gdn::buildToCpuPipeline(pm, cpu);
}

static void buildSimulatorCode(OpPassManager &pm, const CompileOptions &) {
  gdn::buildToSimulatorPipeline(pm, gdn::ToSimulatorOptions());
}

static void buildCudaCode(OpPassManager &pm, const CompileOptions &options) {
  gdn::ToNvvmOptions nvvm;
  nvvm.chips.push_back(options.chip);
  nvvm.deviceMemory = options.deviceMemory;
  nvvm.until = "llvm";
  gdn::buildToNvvmPipeline(pm, nvvm);
}

static std::vector<std::pair<const char *, void *>> getNoSymbols() {
  return {};
}

static void freeNothing() {}

static const TargetInfo targets[] = {
    {Target::Reference, "reference", buildReferenceSignature,
     buildReferenceCode, getNoSymbols, freeNothing},
    {Target::Cpu, "cpu", buildNothing, buildCpuCode, getNoSymbols, freeNothing},
    {Target::Sim, "sim", buildNothing, buildSimulatorCode, sim::getSymbols,
     sim::freeAll},
    {Target::Cuda, "cuda", buildNothing, buildCudaCode, cuda::getSymbols,
     cuda::freeAll},
};

static const TargetInfo &getInfo(Target target) {
  for (const TargetInfo &info : targets)
    if (info.target == target)
      return info;
  llvm_unreachable("a target without an entry in the table");
}

/// The chips that may follow a target's name and a colon.
static std::vector<std::string> getChips(Target target) {
  if (target == Target::Cpu)
    return {"native"};
  std::vector<std::string> chips;
  if (target == Target::Cuda)
    for (const gdn::GpuChip &chip : gdn::getGpuChips())
      chips.push_back(chip.name.str());
  return chips;
}

static Error parseChip(const TargetInfo &info, std::string_view text,
                       CompileOptions &options) {
  std::string name = info.name;
  options.target = info.target;
  options.chip.clear();
  if (text == name)
    return Error::success();
  std::vector<std::string> chips = getChips(info.target);
  if (chips.empty())
    return makeError("expects no chip after target ", quote(name), ", but got ",
                     quote(text));
  std::string known = quote(name);
  for (const std::string &chip : chips) {
    if (text == name + ":" + chip) {
      if (info.target == Target::Cuda)
        options.chip = chip;
      return Error::success();
    }
    known +=
        (&chip == &chips.back() ? " or " : ", ") + quote(name + ":" + chip);
  }
  return makeError("expects target ", quote(name), " to be ", known,
                   ", but got ", quote(text));
}

Error gdn::runtime::parseTarget(std::string_view text,
                                CompileOptions &options) {
  if (text.find(',') != text.npos)
    return makeError("expects one target, but got ", quote(text),
                     "; run each on its own");
  std::string known;
  for (const TargetInfo &info : targets) {
    if (info.name == text.substr(0, text.find(':')))
      return parseChip(info, text, options);
    const char *separator = &info == targets                 ? ""
                            : &info + 1 == std::end(targets) ? " and "
                                                             : ", ";
    known += separator + std::string(info.name);
  }
  return makeError("this build has the targets ", known, ", but not ",
                   quote(text));
}

/// The chip whose code runs on a GPU of this compute capability. Code of sm_80
/// runs on all of 8.x; what ends on 'a' runs on that one only.
static Result<std::string> getChip(const cuda::DeviceInfo &device) {
  if (device.major == 8)
    return std::string("sm_80");
  std::string name =
      "sm_" + std::to_string(device.major * 10 + device.minor) + "a";
  if (gdn::lookupGpuChip(name))
    return name;
  return makeError("this machine's ", device.name, " has compute capability ",
                   device.major, ".", device.minor,
                   ", but code is made for 8.x, 9.0, 10.0 and 12.0; use "
                   "--target=cpu");
}

Error gdn::runtime::completeOptions(CompileOptions &options) {
  if (options.target != Target::Cuda)
    return Error::success();
  Result<cuda::DeviceInfo> device = cuda::getDeviceInfo();
  if (!device)
    return device.takeError();
  if (!options.chip.empty())
    return Error::success();
  Result<std::string> chip = getChip(*device);
  if (!chip)
    return chip.takeError();
  options.chip = *chip;
  return Error::success();
}

std::vector<std::pair<const char *, void *>>
gdn::runtime::getTargetSymbols(Target target) {
  return getInfo(target).getSymbols();
}

void gdn::runtime::freeAfterFailure(Target target) {
  getInfo(target).freeAll();
}

const char *gdn::runtime::getTargetName(Target target) {
  return getInfo(target).name;
}

void gdn::runtime::buildSignaturePhase(OpPassManager &pm,
                                       const CompileOptions &options) {
  getInfo(options.target).buildSignature(pm, options);
}

void gdn::runtime::buildCodePhase(OpPassManager &pm,
                                  const CompileOptions &options) {
  getInfo(options.target).buildCode(pm, options);
}
