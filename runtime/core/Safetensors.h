//===- Safetensors.h - tensor files -----------------------------*- C++ -*-===//
//
// Reads and writes safetensors, the exchange format for tensors. No input, how
// ever malformed, does more than return an error that names the file and, where
// one is to blame, the tensor.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CORE_SAFETENSORS_H
#define GDN_RUNTIME_CORE_SAFETENSORS_H

#include "runtime/core/Tensor.h"

#include <functional>
#include <string_view>

namespace gdn::runtime {

/// A tensor and the name it goes by in a file.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// Asked about a tensor before its bytes are read; an error refuses it.
using AcceptTensor = std::function<Error(const std::string &name, DType dtype,
                                         const std::vector<int64_t> &shape)>;

/// The tensors of the file at `path`, in the order of its header. Metadata is
/// checked and dropped. Fails if the file cannot be read or is not a
/// well-formed safetensors file of the dtypes of GdnDType. `accept` is asked
/// about each tensor before any is read, and its first error is returned.
Result<std::vector<NamedTensor>>
readSafetensors(const std::string &path, const AcceptTensor &accept = {});

/// The same for a file's bytes in memory; `where` is what error sentences call
/// them, such as a quoted path.
Result<std::vector<NamedTensor>> parseSafetensors(std::string_view bytes,
                                                  const std::string &where);

/// Writes `tensors` to `path`, with names in their order and data by descending
/// element size, so that each is aligned. The file is written beside `path` and
/// renamed, so that `path` holds either its old contents or all of the new; a
/// symbolic link is followed, but must lead to a file. Fails if two names are
/// equal, a name is not UTF-8 or is "__metadata__", the header is too long, or
/// the file cannot be written.
Error writeSafetensors(const std::string &path,
                       const std::vector<NamedTensor> &tensors);

/// Fails as writeSafetensors would for want of a folder, a permission or a
/// regular file, before there are tensors to write.
Error checkWritable(const std::string &path);

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_SAFETENSORS_H
