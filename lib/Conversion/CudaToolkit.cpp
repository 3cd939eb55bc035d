//===- CudaToolkit.cpp - Programs of the CUDA Toolkit ---------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaToolkit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace gdn;

/// The first one that names a folder with the program counts.
static constexpr StringLiteral folderVariables[] = {"CUDA_ROOT", "CUDA_HOME",
                                                    "CUDA_PATH"};

static std::optional<std::string> findIn(StringRef name, StringRef folder) {
  SmallString<128> bin(folder);
  sys::path::append(bin, "bin");
  if (auto path = sys::findProgramByName(name, {bin}))
    return *path;
  return std::nullopt;
}

std::optional<std::string> gdn::findCudaProgram(StringRef name,
                                                StringRef toolkit) {
  if (!toolkit.empty())
    return findIn(name, toolkit);
  for (StringRef variable : folderVariables)
    if (auto folder = sys::Process::GetEnv(variable);
        folder && !folder->empty())
      if (auto path = findIn(name, *folder))
        return path;
  if (auto path = sys::findProgramByName(name))
    return *path;
  return std::nullopt;
}

std::string gdn::describeCudaPlaces(StringRef toolkit) {
  if (!toolkit.empty())
    return "'" + toolkit.str() + "/bin'";
  std::string places;
  for (StringRef variable : folderVariables)
    places += "$" + variable.str() + "/bin, ";
  StringRef listed = StringRef(places).drop_back(2);
  return listed.str() + " or PATH";
}

namespace {
/// A file that goes with this object.
class TemporaryFile {
public:
  /// Messages have `name` in place of the path.
  static Expected<std::unique_ptr<TemporaryFile>> create(ArrayRef<char> bytes,
                                                         StringRef name = "") {
    auto file = std::make_unique<TemporaryFile>();
    file->name = name;
    int descriptor = -1;
    if (std::error_code code =
            sys::fs::createTemporaryFile("gdn", "", descriptor, file->path))
      return createStringError(code, "cannot make a temporary file: " +
                                         code.message());
    file->remover.setFile(file->path);
    raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
    stream.write(bytes.data(), bytes.size());
    stream.close();
    std::error_code code = stream.error();
    stream.clear_error();
    if (code)
      return createStringError(code, "cannot write a temporary file: " +
                                         code.message());
    return file;
  }

  StringRef getPath() const { return path; }

  void replacePath(std::string &message) const {
    for (size_t at; (at = message.find(path.str())) != message.npos;)
      message.replace(at, path.size(), name);
  }

  Expected<SmallVector<char, 0>> read() const {
    auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                        /*RequiresNullTerminator=*/false);
    if (!buffer)
      return createStringError(buffer.getError(),
                               "cannot read a temporary file: " +
                                   buffer.getError().message());
    StringRef bytes = (*buffer)->getBuffer();
    return SmallVector<char, 0>(bytes.begin(), bytes.end());
  }

private:
  SmallString<128> path;
  std::string name;
  FileRemover remover;
};
} // namespace

/// The first line of `text` that says something.
static std::string getFirstLine(StringRef text) {
  SmallVector<StringRef> lines;
  text.split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines)
    if (!line.trim().empty())
      return line.trim().str();
  return "no reason given";
}

static Error fail(StringRef program, const Twine &reason) {
  return createStringError(inconvertibleErrorCode(),
                           sys::path::filename(program) + " failed: " + reason);
}

using FilePointer = std::unique_ptr<TemporaryFile>;

/// Runs `program` on `inputs`, and gives what it wrote to `output`; both are
/// among its arguments.
static Expected<SmallVector<char, 0>> run(StringRef program,
                                          ArrayRef<StringRef> arguments,
                                          ArrayRef<FilePointer> inputs,
                                          const TemporaryFile &output) {
  auto log = TemporaryFile::create({});
  if (!log)
    return log.takeError();
  SmallVector<StringRef> all = {program};
  all.append(arguments.begin(), arguments.end());
  std::string message;
  int status =
      sys::ExecuteAndWait(program, all, /*Env=*/std::nullopt,
                          {StringRef(""), (*log)->getPath(), (*log)->getPath()},
                          /*SecondsToWait=*/0, /*MemoryLimit=*/0, &message);
  if (status == 0) {
    Expected<SmallVector<char, 0>> bytes = output.read();
    if (bytes && !bytes->empty())
      return bytes;
    consumeError(bytes.takeError());
    return fail(program, "it wrote nothing, but does not say why");
  }
  if (message.empty()) {
    auto text = (*log)->read();
    if (!text)
      return text.takeError();
    message = getFirstLine({text->data(), text->size()});
  }
  output.replacePath(message);
  for (const FilePointer &input : inputs)
    input->replacePath(message);
  return fail(program, message);
}

Expected<SmallVector<char, 0>> gdn::assemble(StringRef ptxas, StringRef ptx,
                                             StringRef chip) {
  auto input = TemporaryFile::create({ptx.data(), ptx.size()}, "kernel.ptx");
  if (!input)
    return input.takeError();
  auto output = TemporaryFile::create({}, "kernel.cubin");
  if (!output)
    return output.takeError();
  return run(
      ptxas,
      {"-arch", chip, "-O3", (*input)->getPath(), "-o", (*output)->getPath()},
      *input, **output);
}

Expected<SmallVector<char, 0>> gdn::combine(StringRef fatbinary,
                                            ArrayRef<FatbinEntry> entries) {
  auto output = TemporaryFile::create({}, "kernel.fatbin");
  if (!output)
    return output.takeError();
  SmallVector<FilePointer> inputs;
  SmallVector<std::string> images;
  for (const FatbinEntry &entry : entries) {
    bool isPtx = StringRef(entry.architecture).starts_with("compute_");
    auto input = TemporaryFile::create(entry.bytes,
                                       isPtx ? "kernel.ptx" : "kernel.cubin");
    if (!input)
      return input.takeError();
    images.push_back(
        "--image3=kind=" + std::string(isPtx ? "ptx" : "elf") +
        ",sm=" + StringRef(entry.architecture).split('_').second.str() +
        ",file=" + (*input)->getPath().str());
    inputs.push_back(std::move(*input));
  }
  std::string create = "--create=" + (*output)->getPath().str();
  SmallVector<StringRef> arguments = {"-64", create};
  arguments.append(images.begin(), images.end());
  return run(fatbinary, arguments, inputs, **output);
}
