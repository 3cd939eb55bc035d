//===- SafetensorsTest.cpp - tensor files ---------------------------------===//

#include "runtime/core/Safetensors.h"
#include "runtime/core/Compare.h"
#include "runtime/core/Fill.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <unistd.h>

using namespace gdn::runtime;
namespace fs = std::filesystem;

namespace {

/// A test with an empty folder of its own.
class SafetensorsTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "gdn-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string getPath(const char *name) const {
    return (folder / name).string();
  }
  size_t countFiles() const {
    return std::distance(fs::directory_iterator(folder), {});
  }

  fs::path folder;
};

} // namespace

static NamedTensor makeNamed(std::string name, DType dtype,
                             std::vector<int64_t> shape) {
  Result<Tensor> tensor = Tensor::create(dtype, std::move(shape));
  EXPECT_TRUE(tensor);
  Error error = fillTensor(*tensor, "normal(30)", 1, name);
  EXPECT_FALSE(error);
  return {std::move(name), std::move(*tensor)};
}

static std::string readBytes(const std::string &path) {
  std::ifstream is(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(is), {}};
}

static std::string writeOne(const std::string &path,
                            const std::string &name = "x") {
  std::vector<NamedTensor> tensors;
  tensors.push_back(makeNamed(name, GDN_DTYPE_F32, {2}));
  return writeSafetensors(path, tensors).message();
}

static std::string readError(const std::string &path) {
  auto result = readSafetensors(path);
  return result ? "" : result.error().message();
}

TEST_F(SafetensorsTest, EveryDTypeComesBackInOrder) {
  std::vector<NamedTensor> tensors;
  for (DType dtype : {GDN_DTYPE_BOOL, GDN_DTYPE_F64, GDN_DTYPE_F32,
                      GDN_DTYPE_F16, GDN_DTYPE_BF16, GDN_DTYPE_I64,
                      GDN_DTYPE_I32, GDN_DTYPE_I16, GDN_DTYPE_I8, GDN_DTYPE_U8})
    tensors.push_back(makeNamed(getDTypeName(dtype), dtype, {3, 1, 5}));
  tensors.push_back(makeNamed("scalar", GDN_DTYPE_F32, {}));
  tensors.push_back(makeNamed("empty", GDN_DTYPE_F32, {2, 0}));
  tensors.push_back(makeNamed("", GDN_DTYPE_F32, {1}));
  tensors.push_back(makeNamed("a \"b\"\\\n\xc3\xa9", GDN_DTYPE_F32, {1}));
  Error error = writeSafetensors(getPath("t"), tensors);
  ASSERT_FALSE(error) << error.message();
  EXPECT_EQ(countFiles(), 1u);

  auto fromFile = readSafetensors(getPath("t"));
  ASSERT_TRUE(fromFile) << fromFile.error().message();
  auto fromMemory = parseSafetensors(readBytes(getPath("t")), "memory");
  ASSERT_TRUE(fromMemory) << fromMemory.error().message();
  for (auto *read : {&*fromFile, &*fromMemory}) {
    ASSERT_EQ(read->size(), tensors.size());
    for (size_t i = 0; i < tensors.size(); ++i) {
      EXPECT_EQ((*read)[i].name, tensors[i].name);
      auto comparison = compare((*read)[i].tensor, tensors[i].tensor);
      ASSERT_TRUE(comparison);
      EXPECT_TRUE(comparison->bitwiseEqual) << tensors[i].name;
    }
  }
}

TEST_F(SafetensorsTest, FilesAreWellFormedAndAligned) {
  std::vector<NamedTensor> tensors;
  tensors.push_back(makeNamed("a", GDN_DTYPE_U8, {3}));
  tensors.push_back(makeNamed("b", GDN_DTYPE_F64, {1}));
  ASSERT_FALSE(writeSafetensors(getPath("t"), tensors));
  std::string json = R"({"a":{"data_offsets":[8,11],"dtype":"U8","shape":[3]},)"
                     R"("b":{"data_offsets":[0,8],"dtype":"F64","shape":[1]}})";
  json.append((8 - json.size() % 8) % 8, ' ');
  std::string bytes = readBytes(getPath("t"));
  ASSERT_EQ(bytes.size(), 8 + json.size() + 11);
  EXPECT_EQ(bytes[0], static_cast<char>(json.size()));
  EXPECT_EQ(bytes.substr(1, 7), std::string(7, '\0'));
  EXPECT_EQ(bytes.substr(8, json.size()), json);
}

TEST_F(SafetensorsTest, NoTensorsAreAFileToo) {
  ASSERT_FALSE(writeSafetensors(getPath("t"), {}));
  auto read = readSafetensors(getPath("t"));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST_F(SafetensorsTest, OverwritesAndFollowsLinks) {
  EXPECT_EQ(writeOne(getPath("t"), "old"), "");
  fs::create_symlink("t", getPath("link"));
  EXPECT_EQ(writeOne(getPath("link"), "new"), "");
  EXPECT_TRUE(fs::is_symlink(getPath("link")));
  EXPECT_EQ(countFiles(), 2u);
  auto read = readSafetensors(getPath("t"));
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)[0].name, "new");
}

TEST_F(SafetensorsTest, ATensorIsRefusedBeforeItIsRead) {
  std::string path = getPath("t"),
              json = R"({"x":{"dtype":"U8","shape":[1099511627776],)"
                     R"("data_offsets":[0,1099511627776]}})";
  std::ofstream(path, std::ios::binary)
      << static_cast<char>(json.size()) << std::string(7, '\0') << json;
  // A hole of 1 TiB: more than memory holds.
  std::error_code code;
  fs::resize_file(path, 8 + json.size() + (int64_t(1) << 40), code);
  if (code)
    GTEST_SKIP() << "no files with holes here";
  auto refuse = [](const std::string &name, DType dtype,
                   const std::vector<int64_t> &shape) {
    return makeError(name, " ", getDTypeName(dtype), " ", formatShape(shape));
  };
  auto read = readSafetensors(path, refuse);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(), "x u8 [1099511627776]");
}

TEST_F(SafetensorsTest, PathsThatCannotBeRead) {
  std::string path = getPath("missing");
  EXPECT_EQ(readError(path),
            "cannot open '" + path + "': no such file or directory");
  EXPECT_EQ(readError(""), "cannot open '': no such file or directory");
  EXPECT_EQ(readError(folder),
            "cannot read '" + folder.string() + "': it is a directory");
  EXPECT_EQ(readError("/dev/null"),
            "cannot read '/dev/null': it is not a regular file");
  path = getPath("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(readError(path),
            "cannot read '" + path + "': it is not a regular file");
  path = getPath("empty");
  std::ofstream(path).close();
  EXPECT_EQ(readError(path), "'" + path + "' is empty");
}

TEST_F(SafetensorsTest, PathsThatCannotBeWritten) {
  // Known before there is anything to write, too.
  auto expectError = [](const std::string &path, const std::string &reason) {
    std::string sentence = "cannot write '" + path + "': " + reason;
    EXPECT_EQ(writeOne(path), sentence);
    EXPECT_EQ(checkWritable(path).message(), sentence);
  };
  expectError(getPath("missing/t"), "no such file or directory");
  expectError(folder, "it is a directory");
  expectError("/dev/null", "it is not a regular file");
  std::ofstream(getPath("file")).close();
  expectError(getPath("file/t"), "not a directory");
  expectError("", "no such file or directory");
  fs::create_symlink("nothing", getPath("link"));
  expectError(getPath("link"), "it is a symbolic link to nothing");
  EXPECT_TRUE(fs::is_symlink(getPath("link")));
  EXPECT_EQ(checkWritable(getPath("file")).message(), "");
  EXPECT_EQ(checkWritable(getPath("t")).message(), "");
  EXPECT_EQ(countFiles(), 2u);
}

TEST_F(SafetensorsTest, AFailedWriteLeavesTheOldFileAlone) {
  std::string path = getPath("t");
  EXPECT_EQ(writeOne(path), "");
  std::string before = readBytes(path);
  rlimit old;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  rlimit small = {32, old.rlim_max};
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string message = writeOne(path, "other");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(message, "cannot write '" + path + "': file too large");
  EXPECT_EQ(readBytes(path), before);
  EXPECT_EQ(countFiles(), 1u);
}

TEST_F(SafetensorsTest, NamesThatCannotBeWritten) {
  std::string path = getPath("t"), start = "cannot write '" + path + "': ";
  EXPECT_EQ(writeOne(path, "__metadata__"),
            start + "a tensor cannot be named '__metadata__'");
  EXPECT_EQ(writeOne(path, "\xff"),
            start + "the tensor name '\xff' is not UTF-8");
  std::vector<NamedTensor> tensors;
  tensors.push_back(makeNamed("x", GDN_DTYPE_F32, {2}));
  tensors.push_back(makeNamed("x", GDN_DTYPE_F64, {2}));
  EXPECT_EQ(writeSafetensors(path, tensors).message(),
            start + "two tensors are named 'x'");
  EXPECT_EQ(countFiles(), 0u);
}
