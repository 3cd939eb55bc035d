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
  static Expected<std::unique_ptr<TemporaryFile>> create(ArrayRef<char> bytes) {
    auto file = std::make_unique<TemporaryFile>();
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

/// Runs `program`, and gives what it wrote to `output`, which is among its
/// arguments.
static Expected<SmallVector<char, 0>> run(StringRef program,
                                          ArrayRef<StringRef> arguments,
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
  if (status == 0)
    return output.read();
  if (message.empty()) {
    auto text = (*log)->read();
    if (!text)
      return text.takeError();
    message = getFirstLine({text->data(), text->size()});
  }
  return createStringError(inconvertibleErrorCode(),
                           sys::path::filename(program) +
                               " failed: " + message);
}

Expected<SmallVector<char, 0>> gdn::assemble(StringRef ptxas, StringRef ptx,
                                             StringRef chip) {
  auto input = TemporaryFile::create({ptx.data(), ptx.size()});
  if (!input)
    return input.takeError();
  auto output = TemporaryFile::create({});
  if (!output)
    return output.takeError();
  return run(
      ptxas,
      {"-arch", chip, "-O3", (*input)->getPath(), "-o", (*output)->getPath()},
      **output);
}

Expected<SmallVector<char, 0>> gdn::combine(StringRef fatbinary,
                                            ArrayRef<FatbinEntry> entries) {
  auto output = TemporaryFile::create({});
  if (!output)
    return output.takeError();
  SmallVector<std::unique_ptr<TemporaryFile>> inputs;
  SmallVector<std::string> images;
  for (const FatbinEntry &entry : entries) {
    auto input = TemporaryFile::create(entry.bytes);
    if (!input)
      return input.takeError();
    bool isPtx = StringRef(entry.architecture).starts_with("compute_");
    images.push_back(
        "--image3=kind=" + std::string(isPtx ? "ptx" : "elf") +
        ",sm=" + StringRef(entry.architecture).split('_').second.str() +
        ",file=" + (*input)->getPath().str());
    inputs.push_back(std::move(*input));
  }
  std::string create = "--create=" + (*output)->getPath().str();
  SmallVector<StringRef> arguments = {"-64", create};
  arguments.append(images.begin(), images.end());
  return run(fatbinary, arguments, **output);
}
