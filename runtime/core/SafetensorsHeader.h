//===- SafetensorsHeader.h - the header of safetensors ----------*- C++ -*-===//
//
// A safetensors file is an 8-byte little-endian length N, N bytes of JSON and
// the tensors' bytes. The JSON is one object:
//
//   {"__metadata__": {"key": "text"},
//    "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
//
// Offsets count from the end of the JSON; together they cover what follows it
// exactly once.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CORE_SAFETENSORSHEADER_H
#define GDN_RUNTIME_CORE_SAFETENSORSHEADER_H

#include "runtime/core/Tensor.h"

#include <optional>
#include <string_view>

namespace gdn::runtime {

/// Bytes of the length in front of the JSON, and the most JSON the format
/// allows, in bytes.
constexpr int64_t safetensorsPrefixBytes = 8;
constexpr int64_t safetensorsMaxHeaderBytes = 100000000;

/// The key that holds text about the file instead of a tensor.
constexpr std::string_view safetensorsMetadataKey = "__metadata__";

/// One tensor as the header describes it: its bytes are [begin, end) of the
/// data, and end - begin is what its dtype and shape ask for.
struct SafetensorsEntry {
  std::string name;
  DType dtype;
  std::vector<int64_t> shape;
  int64_t begin;
  int64_t end;
};

/// "F32" and the like; nothing for a dtype that is not supported.
std::optional<DType> parseSafetensorsDType(std::string_view name);
std::string_view getSafetensorsDTypeName(DType dtype);

/// Checks the first bytes of a file of `fileBytes` bytes and returns the length
/// of its JSON. `prefix` has min(fileBytes, safetensorsPrefixBytes) bytes.
/// Error sentences begin with `where`, as do those below.
Result<int64_t> parseSafetensorsPrefix(std::string_view prefix,
                                       int64_t fileBytes,
                                       const std::string &where);

/// Parses the JSON and checks each entry by itself. The entries come in the
/// order of the JSON.
Result<std::vector<SafetensorsEntry>>
parseSafetensorsJson(std::string_view json, const std::string &where);

/// The same, and checks that the entries cover the file's `dataBytes` bytes of
/// data exactly once.
Result<std::vector<SafetensorsEntry>>
parseSafetensorsHeader(std::string_view json, int64_t dataBytes,
                       const std::string &where);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_SAFETENSORSHEADER_H
