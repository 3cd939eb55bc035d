//===- Kernel.cpp - What is known of a simulated kernel -------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/sim/Kernel.h"

#include <nlohmann/json.hpp>

using namespace gdn::runtime;
using namespace gdn::runtime::sim;
using nlohmann::json;

/// The entry `key` of an object if it has the type of `otherwise`.
static std::string getText(const json &object, const char *key) {
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

static uint32_t getNumber(const json &object, const char *key,
                          uint32_t otherwise) {
  auto it = object.find(key);
  return it != object.end() && it->is_number_unsigned() ? it->get<uint32_t>()
                                                        : otherwise;
}

/// The elements of the array `key`, none if there is no such array.
static json getArray(const json &object, const char *key) {
  auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : json::array();
}

static Space getSpace(const std::string &name) {
  if (name == "global")
    return Space::Global;
  if (name == "shared")
    return Space::Shared;
  return name == "local" ? Space::Local : Space::Generic;
}

static bool isPowerOfTwo(uint32_t number) {
  return number != 0 && (number & (number - 1)) == 0;
}

static Site parseSite(const json &object) {
  Site site;
  site.op = getText(object, "op");
  site.location = getText(object, "at");
  site.bytes = getNumber(object, "bytes", 0);
  site.alignment = getNumber(object, "alignment", 1);
  site.isWrite = getText(object, "access") == "write";
  site.space = getSpace(getText(object, "space"));
  return site;
}

static BlockCounts parseBlock(const json &object) {
  BlockCounts block;
  for (const auto &[op, counts] : object.items())
    if (counts.is_array() && counts.size() == 2 &&
        counts[0].is_number_unsigned() && counts[1].is_number_unsigned())
      block.entries.push_back(
          {op, counts[0].get<uint64_t>(), counts[1].get<uint64_t>()});
  return block;
}

Result<std::unique_ptr<KernelTable>> KernelTable::parse(const char *text) {
  json object = json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (!object.is_object())
    return makeError("expects the table of a simulated kernel to be a JSON "
                     "object");
  auto table = std::make_unique<KernelTable>();
  for (const json &variable : getArray(object, "shared"))
    table->shared.push_back({getText(variable, "name"),
                             getNumber(variable, "bytes", 0),
                             getNumber(variable, "alignment", 16)});
  for (const json &site : getArray(object, "sites"))
    table->sites.push_back(parseSite(site));
  for (const json &block : getArray(object, "blocks"))
    table->blocks.push_back(parseBlock(block));
  for (const SharedVariable &variable : table->shared)
    if (!isPowerOfTwo(variable.alignment))
      return makeError("expects the alignment of shared variable ",
                       quote(variable.name), " to be a power of two, but got ",
                       variable.alignment);
  for (const Site &site : table->sites)
    if (!isPowerOfTwo(site.alignment))
      return makeError("expects the alignment of ", quote(site.op),
                       " to be a power of two, but got ", site.alignment);
  return table;
}
