//===- Safetensors.cpp - tensor files -------------------------------------===//

#include "runtime/core/Safetensors.h"

#include "runtime/core/SafetensorsHeader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_set>

using namespace gdn::runtime;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "safetensors are little-endian, and tensors are in host order");

namespace {

/// A file descriptor, closed at the end of its scope.
class File {
public:
  explicit File(int descriptor) : descriptor(descriptor) {}
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File() {
    if (descriptor >= 0)
      ::close(descriptor);
  }

  bool isOpen() const { return descriptor >= 0; }
  int get() const { return descriptor; }

  /// Closes now; returns false, with errno set, if the system reports a late
  /// write error.
  bool close() { return ::close(std::exchange(descriptor, -1)) == 0; }

private:
  int descriptor;
};

} // namespace

/// Reads `size` bytes at `offset`. A file that ends sooner was cut short since
/// its size was taken.
static Error readAt(const File &file, void *to, int64_t size, int64_t offset,
                    const std::string &where) {
  char *out = static_cast<char *>(to);
  while (size > 0) {
    ssize_t count = ::pread(file.get(), out, static_cast<size_t>(size), offset);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return makeError("cannot read ", where, ": ", describeErrno(errno));
    if (count == 0)
      return makeError(where, " was cut short while it was read");
    out += count;
    size -= count;
    offset += count;
  }
  return Error::success();
}

/// Writes all of `bytes`; false, with errno set, if that fails.
static bool writeAll(const File &file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

static std::string_view getBytes(const Tensor &tensor) {
  return {reinterpret_cast<const char *>(tensor.getData()),
          static_cast<size_t>(tensor.getNumBytes())};
}

/// Creates each entry's tensor and has `load(data, size, begin)` fill it.
template <typename Fn>
static Result<std::vector<NamedTensor>>
loadEntries(std::vector<SafetensorsEntry> entries, const std::string &where,
            Fn load) {
  std::vector<NamedTensor> tensors;
  tensors.reserve(entries.size());
  for (SafetensorsEntry &entry : entries) {
    Result<Tensor> tensor = Tensor::create(entry.dtype, std::move(entry.shape));
    if (!tensor)
      return makeError(tensor.error().message(), ", tensor ", quote(entry.name),
                       " of ", where);
    if (Error error =
            load(tensor->getData(), entry.end - entry.begin, entry.begin))
      return error;
    tensors.push_back({std::move(entry.name), std::move(*tensor)});
  }
  return tensors;
}

Result<std::vector<NamedTensor>>
gdn::runtime::readSafetensors(const std::string &path,
                              const AcceptTensor &accept) {
  std::string where = quote(path);
  // Not to block on a pipe; regular files do not care.
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status;
  if (!file.isOpen() || ::fstat(file.get(), &status) != 0)
    return makeError("cannot open ", where, ": ", describeErrno(errno));
  if (S_ISDIR(status.st_mode))
    return makeError("cannot read ", where, ": it is a directory");
  if (!S_ISREG(status.st_mode))
    return makeError("cannot read ", where, ": it is not a regular file");

  int64_t fileBytes = status.st_size;
  std::string prefix(std::min(fileBytes, safetensorsPrefixBytes), '\0');
  if (Error error = readAt(file, prefix.data(), prefix.size(), 0, where))
    return error;
  Result<int64_t> jsonBytes = parseSafetensorsPrefix(prefix, fileBytes, where);
  if (!jsonBytes)
    return jsonBytes.takeError();
  std::string json(static_cast<size_t>(*jsonBytes), '\0');
  if (Error error =
          readAt(file, json.data(), *jsonBytes, safetensorsPrefixBytes, where))
    return error;
  int64_t dataStart = safetensorsPrefixBytes + *jsonBytes;
  auto entries = parseSafetensorsHeader(json, fileBytes - dataStart, where);
  if (!entries)
    return entries.takeError();
  for (const SafetensorsEntry &entry : *entries)
    if (accept)
      if (Error error = accept(entry.name, entry.dtype, entry.shape))
        return error;
  return loadEntries(std::move(*entries), where,
                     [&](std::byte *to, int64_t size, int64_t begin) {
                       return readAt(file, to, size, dataStart + begin, where);
                     });
}

Result<std::vector<NamedTensor>>
gdn::runtime::parseSafetensors(std::string_view bytes,
                               const std::string &where) {
  Result<int64_t> jsonBytes =
      parseSafetensorsPrefix(bytes.substr(0, safetensorsPrefixBytes),
                             static_cast<int64_t>(bytes.size()), where);
  if (!jsonBytes)
    return jsonBytes.takeError();
  bytes.remove_prefix(safetensorsPrefixBytes);
  std::string_view data = bytes.substr(*jsonBytes);
  auto entries = parseSafetensorsHeader(
      bytes.substr(0, *jsonBytes), static_cast<int64_t>(data.size()), where);
  if (!entries)
    return entries.takeError();
  return loadEntries(std::move(*entries), where,
                     [&](std::byte *to, int64_t size, int64_t begin) {
                       std::memcpy(to, data.data() + begin,
                                   static_cast<size_t>(size));
                       return Error::success();
                     });
}

/// The order in which the tensors' bytes follow the header.
static std::vector<size_t>
computeDataOrder(const std::vector<NamedTensor> &tensors) {
  std::vector<size_t> order(tensors.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  auto rank = [&](size_t i) {
    return std::make_pair(-getDTypeSize(tensors[i].tensor.getDType()), i);
  };
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return rank(a) < rank(b); });
  return order;
}

/// The length prefix and the JSON, padded with spaces to a multiple of 8 bytes.
static Result<std::string> formatHeader(const std::vector<NamedTensor> &tensors,
                                        const std::vector<size_t> &order,
                                        const std::string &where) {
  std::vector<int64_t> begins(tensors.size());
  int64_t covered = 0;
  for (size_t i : order) {
    begins[i] = covered;
    covered += tensors[i].tensor.getNumBytes();
  }

  using nlohmann::json;
  std::unordered_set<std::string_view> names;
  std::string text = "{";
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto &[name, tensor] = tensors[i];
    if (name == safetensorsMetadataKey)
      return makeError("cannot write ", where, ": a tensor cannot be named ",
                       quote(name));
    if (!names.insert(name).second)
      return makeError("cannot write ", where, ": two tensors are named ",
                       quote(name));
    // What is not UTF-8 is dropped here, so that it does not come back.
    std::string key =
        json(name).dump(-1, ' ', false, json::error_handler_t::ignore);
    if (json::parse(key, nullptr, false) != name)
      return makeError("cannot write ", where, ": the tensor name ",
                       quote(name), " is not UTF-8");
    json fields = {
        {"dtype", getSafetensorsDTypeName(tensor.getDType())},
        {"shape", tensor.getShape()},
        {"data_offsets", {begins[i], begins[i] + tensor.getNumBytes()}}};
    text += (i ? "," : "") + key + ":" + fields.dump();
  }
  text += "}";
  text.append((8 - text.size() % 8) % 8, ' ');
  if (text.size() > size_t(safetensorsMaxHeaderBytes))
    return makeError("cannot write ", where, ": its header would have ",
                     text.size(), " bytes, more than the ",
                     safetensorsMaxHeaderBytes, " that safetensors allow");

  std::string prefix(safetensorsPrefixBytes, '\0');
  for (int i = 0; i < safetensorsPrefixBytes; ++i)
    prefix[i] = static_cast<char>(text.size() >> (8 * i));
  return prefix + text;
}

/// The file that `path` names, links followed; fails if it is no file that
/// could be replaced.
static Result<std::string> findTarget(const std::string &path) {
  namespace fs = std::filesystem;
  std::string where = quote(path);
  if (path.empty())
    return makeError("cannot write ", where, ": ", describeErrno(ENOENT));
  std::error_code code;
  std::string target = path;
  if (fs::is_symlink(path, code)) {
    fs::path real = fs::canonical(path, code);
    if (code)
      return makeError("cannot write ", where,
                       ": it is a symbolic link to nothing");
    target = real.string();
  }
  // Renaming would replace a device or a pipe by a file.
  if (fs::is_directory(target, code))
    return makeError("cannot write ", where, ": it is a directory");
  if (fs::exists(target, code) && !fs::is_regular_file(target, code))
    return makeError("cannot write ", where, ": it is not a regular file");
  return target;
}

Error gdn::runtime::checkWritable(const std::string &path) {
  Result<std::string> target = findTarget(path);
  if (!target)
    return target.takeError();
  std::filesystem::path folder = std::filesystem::path(*target).parent_path();
  if (::access((folder / ".").c_str(), W_OK | X_OK) != 0)
    return makeError("cannot write ", quote(path), ": ", describeErrno(errno));
  return Error::success();
}

Error gdn::runtime::writeSafetensors(const std::string &path,
                                     const std::vector<NamedTensor> &tensors) {
  std::string where = quote(path);
  std::vector<size_t> order = computeDataOrder(tensors);
  Result<std::string> header = formatHeader(tensors, order, where);
  if (!header)
    return header.takeError();

  Result<std::string> found = findTarget(path);
  if (!found)
    return found.takeError();
  const std::string &target = *found;
  static std::atomic<unsigned> counter;
  std::string temporary = target + "." + std::to_string(::getpid()) + "." +
                          std::to_string(counter++) + ".tmp";
  File file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.isOpen())
    return makeError("cannot write ", where, ": ", describeErrno(errno));
  bool written = writeAll(file, *header) &&
                 std::all_of(order.begin(), order.end(), [&](size_t i) {
                   return writeAll(file, getBytes(tensors[i].tensor));
                 });
  if (written && file.close() &&
      ::rename(temporary.c_str(), target.c_str()) == 0)
    return Error::success();
  int errnum = errno;
  ::unlink(temporary.c_str());
  return makeError("cannot write ", where, ": ", describeErrno(errnum));
}
