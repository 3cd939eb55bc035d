//===- SafetensorsFuzzer.cpp - fuzzes the safetensors parser --------------===//
//
// An input must either be refused with one sentence or yield tensors that own
// exactly the bytes of its data. The first byte of an input selects whether the
// rest is a whole file, or a header's JSON and data behind a correct length,
// which the fuzzer would rarely hit upon.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Safetensors.h"

#include <cstdlib>

using namespace gdn::runtime;

static void require(bool condition) {
  if (!condition)
    std::abort();
}

/// A file whose header is `text` up to its last '}' and whose data is the rest.
static std::string addLength(std::string_view text) {
  uint64_t length = text.rfind('}') + 1;
  std::string file;
  for (int i = 0; i < 8; ++i)
    file += static_cast<char>(length >> (8 * i));
  return file.append(text);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  std::string_view text(reinterpret_cast<const char *>(data + 1), size - 1);
  std::string file = data[0] & 1 ? std::string(text) : addLength(text);
  Result<std::vector<NamedTensor>> tensors = parseSafetensors(file, "'fuzz'");
  if (!tensors) {
    const std::string &message = tensors.error().message();
    require(message.find('\n') == std::string::npos);
    require(message.find("'fuzz'") != std::string::npos);
    return 0;
  }
  size_t bytes = 0;
  for (const NamedTensor &named : *tensors) {
    bytes += static_cast<size_t>(named.tensor.getNumBytes());
    for (int64_t i = 0; i < named.tensor.getNumElements(); ++i)
      (void)named.tensor.at(i);
  }
  require(bytes < file.size());
  return 0;
}
