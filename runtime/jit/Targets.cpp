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

static const TargetInfo targets[] = {
    {Target::Reference, "reference", buildReferenceSignature,
     buildReferenceCode},
    {Target::Cpu, "cpu", buildNothing, buildCpuCode},
};

static const TargetInfo &getInfo(Target target) {
  for (const TargetInfo &info : targets)
    if (info.target == target)
      return info;
  llvm_unreachable("a target without an entry in the table");
}

Result<Target> gdn::runtime::parseTarget(std::string_view name) {
  std::string known;
  for (const TargetInfo &info : targets) {
    if (info.name == name)
      return info.target;
    known += (known.empty() ? "" : " and ") + std::string(info.name);
  }
  return makeError("this build has the targets ", known, ", but not ",
                   quote(name));
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
