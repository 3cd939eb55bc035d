//===- ErrorTest.cpp - errors as values -----------------------------------===//

#include "runtime/core/Error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

using namespace gdn::runtime;

TEST(Error, IsTrueForAFailure) {
  EXPECT_FALSE(Error::success());
  Error error = makeError("expects ", 2, " sizes, but got ", 3);
  ASSERT_TRUE(error);
  EXPECT_EQ(error.message(), "expects 2 sizes, but got 3");
}

TEST(Result, HoldsAValueOrAFailure) {
  Result<std::unique_ptr<int>> value = std::make_unique<int>(7);
  ASSERT_TRUE(value);
  EXPECT_FALSE(value.error());
  EXPECT_EQ(**value, 7);

  Result<std::unique_ptr<int>> failure = makeError("no value today");
  ASSERT_FALSE(failure);
  EXPECT_EQ(failure.takeError().message(), "no value today");
}

TEST(Error, QuotesAnything) {
  EXPECT_EQ(quote("erase"), "'erase'");
  EXPECT_EQ(quote(std::string_view("a\n\0\x7f", 4)), "'a\\x0a\\x00\\x7f'");
  EXPECT_EQ(quote(std::string(300, 'x')), "'" + std::string(256, 'x') + "...'");
}

TEST(Error, DescribesErrnoInLowerCase) {
  EXPECT_EQ(describeErrno(ENOENT), "no such file or directory");
}
