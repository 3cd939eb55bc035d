//===- Error.h - errors as values -------------------------------*- C++ -*-===//
//
// The runtime is built without exceptions: what can fail returns an Error or a
// Result. The conventions are those of llvm::Error and llvm::Expected, less the
// run-time check that each was looked at; [[nodiscard]] stands in for it.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CORE_ERROR_H
#define GDN_RUNTIME_CORE_ERROR_H

#include <cassert>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace gdn::runtime {

/// Success, or one lower-case sentence without a full stop that says what went
/// wrong. True if it is a failure: `if (Error error = f()) return error;`.
class [[nodiscard]] Error {
public:
  /// A failure; `message` must not be empty.
  explicit Error(std::string message) : text(std::move(message)) {
    assert(!text.empty() && "a failure needs a sentence");
  }

  static Error success() { return Error(); }

  explicit operator bool() const { return !text.empty(); }

  /// The sentence; empty for success.
  const std::string &message() const { return text; }

private:
  Error() = default;

  std::string text;
};

/// A failure whose sentence is the concatenation of `parts`, each printed as by
/// operator<<.
template <typename... Ts> Error makeError(const Ts &...parts) {
  std::ostringstream os;
  (os << ... << parts);
  return Error(os.str());
}

/// A value, or the failure that prevented it. True if it holds a value.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : value(std::move(value)) {}
  Result(Error error) : failure(std::move(error)) {
    assert(failure && "success carries no value");
  }

  explicit operator bool() const { return value.has_value(); }

  /// The value; only if there is one.
  T &operator*() {
    assert(value && "no value: look at error()");
    return *value;
  }
  const T &operator*() const {
    assert(value && "no value: look at error()");
    return *value;
  }
  T *operator->() { return &**this; }
  const T *operator->() const { return &**this; }

  /// The failure, or success if there is a value.
  const Error &error() const { return failure; }
  Error takeError() { return std::exchange(failure, Error::success()); }

private:
  std::optional<T> value;
  Error failure = Error::success();
};

/// `text` in single quotes for an error sentence: control characters as \xNN,
/// cut after 256 bytes, so that no input can break the sentence.
std::string quote(std::string_view text);

/// The operating system's words for `errnum`, beginning in lower case: "no such
/// file or directory".
std::string describeErrno(int errnum);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_ERROR_H
