//===- GpuChip.cpp - GPUs that code is made for ---------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/Analysis/GpuChip.h"

using namespace gdn;

static constexpr GpuChip chips[] = {
    {"sm_80", 80, 108, 164 << 10, 0, false},
    {"sm_90a", 80, 132, 228 << 10, 12, true},
    {"sm_100a", 86, 148, 228 << 10, 0, false},
    {"sm_120a", 87, 188, 100 << 10, 0, false},
};

llvm::ArrayRef<GpuChip> gdn::getGpuChips() { return chips; }

const GpuChip *gdn::lookupGpuChip(llvm::StringRef name) {
  for (const GpuChip &chip : chips)
    if (chip.name == name)
      return &chip;
  return nullptr;
}
