//===- SafetensorsHeader.cpp - the header of safetensors ------------------===//

#include "runtime/core/SafetensorsHeader.h"

#include <algorithm>
#include <tuple>

using namespace gdn::runtime;

/// Checks that the entries cover bytes [0, dataBytes) exactly once.
static Error checkLayout(const std::vector<SafetensorsEntry> &entries,
                         int64_t dataBytes, const std::string &where) {
  std::vector<const SafetensorsEntry *> sorted;
  for (const SafetensorsEntry &entry : entries)
    sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](auto *a, auto *b) {
    return std::tie(a->begin, a->end) < std::tie(b->begin, b->end);
  });
  int64_t covered = 0;
  const SafetensorsEntry *previous = nullptr;
  for (const SafetensorsEntry *entry : sorted) {
    if (entry->end > dataBytes)
      return makeError(where, " places tensor ", quote(entry->name),
                       " up to byte ", entry->end, " of its data, but has ",
                       dataBytes);
    if (entry->begin < covered)
      return makeError(where, " places tensors ", quote(previous->name),
                       " and ", quote(entry->name), " over each other");
    if (entry->begin > covered)
      return makeError(where, " leaves ", entry->begin - covered,
                       " bytes unused before tensor ", quote(entry->name));
    covered = entry->end;
    previous = entry;
  }
  if (covered != dataBytes)
    return makeError(where, " has ", dataBytes - covered,
                     " trailing bytes after its last tensor");
  return Error::success();
}

static constexpr std::pair<DType, std::string_view> dtypeNames[] = {
    {GDN_DTYPE_F64, "F64"},   {GDN_DTYPE_F32, "F32"}, {GDN_DTYPE_F16, "F16"},
    {GDN_DTYPE_BF16, "BF16"}, {GDN_DTYPE_I64, "I64"}, {GDN_DTYPE_I32, "I32"},
    {GDN_DTYPE_I16, "I16"},   {GDN_DTYPE_I8, "I8"},   {GDN_DTYPE_U8, "U8"},
    {GDN_DTYPE_BOOL, "BOOL"}};

std::optional<DType>
gdn::runtime::parseSafetensorsDType(std::string_view name) {
  for (auto [dtype, dtypeName] : dtypeNames)
    if (name == dtypeName)
      return dtype;
  return std::nullopt;
}

std::string_view gdn::runtime::getSafetensorsDTypeName(DType dtype) {
  for (auto [candidate, name] : dtypeNames)
    if (dtype == candidate)
      return name;
  return "";
}

Result<int64_t> gdn::runtime::parseSafetensorsPrefix(std::string_view prefix,
                                                     int64_t fileBytes,
                                                     const std::string &where) {
  if (fileBytes == 0)
    return makeError(where, " is empty");
  if (fileBytes < safetensorsPrefixBytes)
    return makeError(where, " has ", fileBytes,
                     " bytes, too few for the 8-byte length of a header");
  uint64_t length = 0;
  for (int i = safetensorsPrefixBytes; i-- > 0;)
    length = length << 8 | static_cast<unsigned char>(prefix[i]);
  if (length > uint64_t(safetensorsMaxHeaderBytes))
    return makeError(where, " announces a header of ", length,
                     " bytes, more than the ", safetensorsMaxHeaderBytes,
                     " that safetensors allow");
  if (length > uint64_t(fileBytes - safetensorsPrefixBytes))
    return makeError(where, " announces a header of ", length,
                     " bytes, but only ", fileBytes - safetensorsPrefixBytes,
                     " follow");
  return static_cast<int64_t>(length);
}

Result<std::vector<SafetensorsEntry>>
gdn::runtime::parseSafetensorsHeader(std::string_view json, int64_t dataBytes,
                                     const std::string &where) {
  auto entries = parseSafetensorsJson(json, where);
  if (!entries)
    return entries;
  if (Error error = checkLayout(*entries, dataBytes, where))
    return error;
  return entries;
}
