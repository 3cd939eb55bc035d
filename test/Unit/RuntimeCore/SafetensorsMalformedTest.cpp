//===- SafetensorsMalformedTest.cpp - files that are none -----------------===//

#include "runtime/core/Safetensors.h"

#include <gtest/gtest.h>

using namespace gdn::runtime;

static std::string makePrefix(uint64_t length) {
  std::string prefix(8, '\0');
  for (int i = 0; i < 8; ++i)
    prefix[i] = static_cast<char>(length >> (8 * i));
  return prefix;
}

static std::string getError(const std::string &bytes) {
  auto result = parseSafetensors(bytes, "'f'");
  return result ? "" : result.error().message();
}

/// The error for a file with this header and so many bytes of data.
static std::string getHeaderError(const std::string &json, size_t data = 0) {
  return getError(makePrefix(json.size()) + json + std::string(data, '\1'));
}

/// The error for a file with 8 bytes of data and a tensor 'x' of these fields.
static std::string getFieldError(const std::string &fields) {
  return getHeaderError("{\"x\":{" + fields + "}}", 8);
}

TEST(SafetensorsMalformed, Prefix) {
  EXPECT_EQ(getError(""), "'f' is empty");
  EXPECT_EQ(getError("1234567"),
            "'f' has 7 bytes, too few for the 8-byte length of a header");
  EXPECT_EQ(getError(makePrefix(3) + "{}"),
            "'f' announces a header of 3 bytes, but only 2 follow");
  EXPECT_EQ(getError(makePrefix(100000000) + "{}"),
            "'f' announces a header of 100000000 bytes, but only 2 follow");
  EXPECT_EQ(getError(makePrefix(100000001) + "{}"),
            "'f' announces a header of 100000001 bytes, more than the "
            "100000000 that safetensors allow");
  EXPECT_EQ(getError(makePrefix(~uint64_t(0)) + "{}"),
            "'f' announces a header of 18446744073709551615 bytes, more than "
            "the 100000000 that safetensors allow");
}

TEST(SafetensorsMalformed, Json) {
  std::string start = "'f' has a header that is not valid JSON at byte ";
  EXPECT_EQ(getHeaderError(""), start + "1");
  EXPECT_EQ(getHeaderError("{"), start + "2");
  EXPECT_EQ(getHeaderError("{}x"), start + "3");
  EXPECT_EQ(getHeaderError(std::string("{}\0x", 4)), start + "3");
  EXPECT_EQ(getHeaderError("{,}"), start + "2");
  EXPECT_EQ(getHeaderError("{\"\xff\":1}"), start + "3");
  EXPECT_EQ(getHeaderError("{\"x\":{\"shape\":[1e999]}}"), start + "20");
  EXPECT_EQ(getHeaderError("{} /* no comments */"), start + "4");
}

TEST(SafetensorsMalformed, NotAnObject) {
  for (const char *json : {"[]", "1", "-1", "1.5", "\"x\"", "null", "true"})
    EXPECT_EQ(getHeaderError(json),
              "'f' has a header that is not a JSON object")
        << json;
}

TEST(SafetensorsMalformed, DeepNesting) {
  const size_t depth = 10000000;
  EXPECT_EQ(getHeaderError(std::string(depth, '[')),
            "'f' has a header that is not a JSON object");
  EXPECT_EQ(getHeaderError("{\"x\":" + std::string(depth, '[')),
            "'f' describes tensor 'x' by something other than an object");
  EXPECT_EQ(getFieldError("\"shape\":" + std::string(depth, '[')),
            "'f' gives tensor 'x' a 'shape' that is not a list of integers");
  std::string nested;
  for (int i = 0; i < 1000; ++i)
    nested += "{\"a\":";
  EXPECT_EQ(getHeaderError(nested),
            "'f' gives tensor 'a' the unknown field 'a'");
}

TEST(SafetensorsMalformed, Metadata) {
  EXPECT_EQ(getHeaderError(R"({"__metadata__":{"a":"b","c":"d"}})"), "");
  EXPECT_EQ(getHeaderError(R"({"__metadata__":{}})"), "");
  for (const char *value : {"[]", "1", "null", "\"x\""})
    EXPECT_EQ(getHeaderError(R"({"__metadata__":)" + std::string(value) + "}"),
              "'f' has a '__metadata__' that is not an object");
  for (const char *value : {"[]", "1", "-1", "{}", "null", "true", "1.5"})
    EXPECT_EQ(
        getHeaderError(R"({"__metadata__":{"k":)" + std::string(value) + "}}"),
        "'f' has metadata 'k' that is not a string");
  EXPECT_EQ(getHeaderError(R"({"__metadata__":{},"__metadata__":{}})"),
            "'f' has two '__metadata__' objects");
}

TEST(SafetensorsMalformed, Names) {
  std::string x = R"("x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  EXPECT_EQ(getHeaderError("{" + x + "}"), "");
  EXPECT_EQ(getHeaderError("{" + x + "," + x + "}"),
            "'f' describes tensor 'x' twice");
  for (const char *value : {"[]", "1", "null", "\"x\""})
    EXPECT_EQ(getHeaderError("{\"x\":" + std::string(value) + "}"),
              "'f' describes tensor 'x' by something other than an object");
}

TEST(SafetensorsMalformed, Fields) {
  std::string start = "'f' gives tensor 'x' ";
  std::string dtype = R"("dtype":"F32")", shape = R"("shape":[2])",
              offsets = R"("data_offsets":[0,8])";
  EXPECT_EQ(getFieldError(dtype + "," + shape + "," + offsets), "");
  EXPECT_EQ(getFieldError(shape + "," + offsets), start + "no 'dtype'");
  EXPECT_EQ(getFieldError(dtype + "," + offsets), start + "no 'shape'");
  EXPECT_EQ(getFieldError(dtype + "," + shape), start + "no 'data_offsets'");
  EXPECT_EQ(getFieldError(""), start + "no 'dtype'");
  EXPECT_EQ(getFieldError(dtype + "," + dtype), start + "two fields 'dtype'");
  EXPECT_EQ(getFieldError(shape + "," + shape), start + "two fields 'shape'");
  EXPECT_EQ(getFieldError(offsets + "," + offsets),
            start + "two fields 'data_offsets'");
  EXPECT_EQ(getFieldError(R"("strides":[1])"),
            start + "the unknown field 'strides'");
}

TEST(SafetensorsMalformed, DTypes) {
  for (const char *value : {"1", "-1", "1.5", "null", "true", "[]", "{}"})
    EXPECT_EQ(getFieldError("\"dtype\":" + std::string(value)),
              "'f' gives tensor 'x' a 'dtype' that is not a string");
  for (const char *value : {"F8_E4M3", "f32", "U64", ""})
    EXPECT_EQ(getFieldError("\"dtype\":\"" + std::string(value) + "\""),
              "'f' gives tensor 'x' the dtype '" + std::string(value) +
                  "', which is none of F64, F32, F16, BF16, I64, I32, I16, "
                  "I8, U8, BOOL");
}

TEST(SafetensorsMalformed, Shapes) {
  std::string start = "'f' gives tensor 'x' ";
  for (const char *value : {"1", "null", "{}", "\"2\"", "[1.0]", "[null]",
                            "[[2]]", "[{}]", "[\"2\"]", "[true]", "-2"})
    EXPECT_EQ(getFieldError("\"shape\":" + std::string(value)),
              start + "a 'shape' that is not a list of integers")
        << value;
  EXPECT_EQ(getFieldError("\"shape\":[2,-3]"), start + "the negative size -3");
  EXPECT_EQ(getFieldError("\"shape\":[9223372036854775808]"),
            start + "the number 9223372036854775808, which does not fit in 63 "
                    "bits");
  std::string ones = "1";
  for (int i = 0; i < 64; ++i)
    ones += ",1";
  EXPECT_EQ(getFieldError("\"shape\":[" + ones + "]"),
            start + "a rank of more than 64");
  EXPECT_EQ(getFieldError(R"("dtype":"F32","data_offsets":[0,8],)"
                          R"("shape":[4294967296,4294967296])"),
            start + "the shape [4294967296x4294967296], whose bytes do not fit "
                    "in 63 bits");
  EXPECT_EQ(getFieldError(R"("dtype":"F32","data_offsets":[0,8],"shape":[3])"),
            start + "8 bytes, but [3] F32 needs 12");
  EXPECT_EQ(getFieldError(
                R"("dtype":"U8","data_offsets":[0,8],"shape":[1099511627776])"),
            start + "8 bytes, but [1099511627776] U8 needs 1099511627776");
}

TEST(SafetensorsMalformed, Offsets) {
  std::string start = "'f' gives tensor 'x' ";
  for (const char *value : {"8", "null", "{}", "[]", "[0]", "[0,4,8]",
                            "[0,8.0]", "[0,null]", "[[0,8]]", "\"0\"", "-1"})
    EXPECT_EQ(getFieldError("\"data_offsets\":" + std::string(value)),
              start + "'data_offsets' that are not a list of two integers")
        << value;
  EXPECT_EQ(getFieldError("\"data_offsets\":[-8,0]"),
            start + "the negative data offset -8");
  EXPECT_EQ(getFieldError("\"data_offsets\":[0,18446744073709551615]"),
            start + "the number 18446744073709551615, which does not fit in "
                    "63 bits");
  EXPECT_EQ(getFieldError(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"),
            start + "data offsets [8, 0] that run backwards");
}

TEST(SafetensorsMalformed, Layout) {
  std::string a = R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]})";
  auto withB = [&](const char *begin, const char *end, const char *size) {
    return a + R"(,"b":{"dtype":"U8","shape":[)" + size +
           R"(],"data_offsets":[)" + begin + "," + end + "]}}";
  };
  EXPECT_EQ(getHeaderError(withB("4", "8", "4"), 8), "");
  EXPECT_EQ(getHeaderError(withB("4", "4", "0"), 4), "");
  EXPECT_EQ(getHeaderError(withB("4", "8", "4"), 7),
            "'f' places tensor 'b' up to byte 8 of its data, but has 7");
  EXPECT_EQ(getHeaderError(withB("3", "7", "4"), 7),
            "'f' places tensors 'a' and 'b' over each other");
  EXPECT_EQ(getHeaderError(withB("0", "4", "4"), 4),
            "'f' places tensors 'a' and 'b' over each other");
  EXPECT_EQ(getHeaderError(withB("2", "2", "0"), 4),
            "'f' places tensors 'a' and 'b' over each other");
  EXPECT_EQ(getHeaderError(withB("6", "8", "2"), 8),
            "'f' leaves 2 bytes unused before tensor 'b'");
  EXPECT_EQ(getHeaderError(withB("4", "8", "4"), 9),
            "'f' has 1 trailing bytes after its last tensor");
  EXPECT_EQ(getHeaderError("{}", 3),
            "'f' has 3 trailing bytes after its last tensor");
}

TEST(SafetensorsMalformed, NamesCannotBreakTheSentence) {
  EXPECT_EQ(getHeaderError("{\"a\\n" + std::string(1000, 'b') + "\":1}"),
            "'f' describes tensor 'a\\x0a" + std::string(254, 'b') +
                "...' by something other than an object");
}
