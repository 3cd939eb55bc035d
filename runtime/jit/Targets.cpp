//===- Targets.cpp - What a module can be compiled for --------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/jit/Targets.h"
#include "gdn/Pipelines/Pipelines.h"

using namespace mlir;
using namespace gdn::runtime;

namespace {
using BuildPhase = void (*)(OpPassManager &, const CompileOptions &);

struct TargetInfo {
  Target target;
  const char *name;
  /// The chip that may follow the name and a colon, if one may.
  const char *chip;
  BuildPhase buildSignature;
  BuildPhase buildCode;
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
  gdn::buildToSimulatorPipeline(pm, gdn::ToGpuOptions());
}

static const TargetInfo targets[] = {
    {Target::Reference, "reference", nullptr, buildReferenceSignature,
     buildReferenceCode},
    {Target::Cpu, "cpu", "native", buildNothing, buildCpuCode},
    {Target::Sim, "sim", nullptr, buildNothing, buildSimulatorCode},
};

static const TargetInfo &getInfo(Target target) {
  for (const TargetInfo &info : targets)
    if (info.target == target)
      return info;
  llvm_unreachable("a target without an entry in the table");
}

/// The target of `info` if `text` names it, with or without its chip.
static Result<Target> parseChip(const TargetInfo &info, std::string_view text) {
  std::string name = info.name;
  if (text == name || (info.chip && text == name + ":" + info.chip))
    return info.target;
  if (!info.chip)
    return makeError("expects no chip after target ", quote(name), ", but got ",
                     quote(text));
  return makeError("expects target ", quote(name), " to be ", quote(name),
                   " or ", quote(name + ":" + info.chip), ", but got ",
                   quote(text));
}

Result<Target> gdn::runtime::parseTarget(std::string_view text) {
  if (text.find(',') != text.npos)
    return makeError("expects one target, but got ", quote(text),
                     "; run each on its own");
  std::string known;
  for (const TargetInfo &info : targets) {
    if (info.name == text.substr(0, text.find(':')))
      return parseChip(info, text);
    const char *separator = &info == targets                 ? ""
                            : &info + 1 == std::end(targets) ? " and "
                                                             : ", ";
    known += separator + std::string(info.name);
  }
  return makeError("this build has the targets ", known, ", but not ",
                   quote(text));
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
