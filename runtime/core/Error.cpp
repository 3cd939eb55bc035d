//===- Error.cpp - errors as values ---------------------------------------===//

#include "runtime/core/Error.h"

#include <system_error>

using namespace gdn::runtime;

std::string gdn::runtime::quote(std::string_view text) {
  constexpr size_t maxBytes = 256;
  constexpr char digits[] = "0123456789abcdef";
  std::string quoted = "'";
  for (char c : text.substr(0, maxBytes)) {
    unsigned char byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      quoted += c;
      continue;
    }
    quoted += "\\x";
    quoted += digits[byte >> 4];
    quoted += digits[byte & 15];
  }
  return quoted + (text.size() > maxBytes ? "...'" : "'");
}

std::string gdn::runtime::describeErrno(int errnum) {
  std::string text = std::generic_category().message(errnum);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}
