//===- SimulationTable.cpp - What the simulator knows of a kernel ---------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Locations.h"
#include "Simulation.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"

using namespace mlir;
using namespace gdn;

// Address spaces of the NVVM dialect.
static StringRef getSpaceName(Value pointer) {
  switch (cast<LLVM::LLVMPointerType>(pointer.getType()).getAddressSpace()) {
  case 1:
    return "global";
  case 3:
    return "shared";
  case 5:
    return "local";
  default:
    return "generic";
  }
}

static llvm::json::Object describeSite(Operation *op) {
  return llvm::json::Object({{"op", op->getName().getStringRef()},
                             {"at", formatLocation(op->getLoc())}});
}

unsigned SimulationTable::addSite(Operation *op) {
  sites.push_back(describeSite(op));
  return sites.size() - 1;
}

unsigned SimulationTable::addAccess(Operation *op, Value pointer, bool isWrite,
                                    uint64_t bytes, uint64_t alignment) {
  llvm::json::Object site = describeSite(op);
  site["bytes"] = bytes;
  site["alignment"] = alignment;
  site["access"] = isWrite ? "write" : "read";
  site["space"] = getSpaceName(pointer);
  sites.push_back(std::move(site));
  return sites.size() - 1;
}

/// The elements that `op` computes, or stores.
static int64_t countElements(Operation *op) {
  Type type;
  if (op->getNumResults())
    type = op->getResult(0).getType();
  else if (auto store = dyn_cast<LLVM::StoreOp>(op))
    type = store.getValue().getType();
  auto vector = dyn_cast_or_null<VectorType>(type);
  return vector ? vector.getNumElements() : 1;
}

/// Constants, addresses of variables and jumps cost nothing of their own.
static bool counts(Operation &op) {
  return !op.hasTrait<OpTrait::IsTerminator>() &&
         !op.getName().getStringRef().starts_with("llvm.mlir.");
}

std::optional<unsigned> SimulationTable::addBlock(Block &block) {
  llvm::MapVector<StringRef, std::pair<int64_t, int64_t>> found;
  for (Operation &op : block) {
    if (!counts(op))
      continue;
    auto &[count, elements] = found[op.getName().getStringRef()];
    ++count;
    elements += countElements(&op);
  }
  if (found.empty())
    return std::nullopt;
  llvm::json::Object entries;
  for (auto &[name, counted] : found)
    entries[name] = llvm::json::Array{counted.first, counted.second};
  blocks.push_back(std::move(entries));
  return blocks.size() - 1;
}

unsigned SimulationTable::addShared(LLVM::GlobalOp global) {
  DataLayout layout = DataLayout::closest(global);
  Type type = global.getGlobalType();
  uint64_t alignment =
      global.getAlignment().value_or(layout.getTypeABIAlignment(type));
  shared.push_back(llvm::json::Object{
      {"name", global.getSymName()},
      {"bytes", static_cast<int64_t>(layout.getTypeSize(type).getFixedValue())},
      {"alignment", alignment}});
  return shared.size() - 1;
}

std::string SimulationTable::render() const {
  llvm::json::Object root{{"sites", llvm::json::Array(sites)},
                          {"blocks", llvm::json::Array(blocks)},
                          {"shared", llvm::json::Array(shared)}};
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::json::Value(std::move(root));
  return text;
}
