#include "base/lazy_library.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

namespace vnode {
namespace {

TEST(LazyLibraryTest, FindsFunctions) {
  LazyLibrary library("libm.so.6");
  const auto cosine = library.function<double(double)>("cos");
  ASSERT_TRUE(cosine) << cosine.error().message;
  EXPECT_EQ((*cosine)(0.0), 1.0);
}

TEST(LazyLibraryTest, NamesWhatIsMissing) {
  LazyLibrary library("libm.so.6");
  const auto symbol = library.symbol("vnode_no_such_symbol");
  ASSERT_FALSE(symbol);
  EXPECT_EQ(symbol.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(symbol.error().message.find("vnode_no_such_symbol"), std::string::npos);

  LazyLibrary missing("libvnode_no_such_library.so.1");
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto nothing = missing.symbol("cos");
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(nothing.error().message.find("libvnode_no_such_library.so.1"), std::string::npos);
  }
}

TEST(LazyLibraryTest, MayBeUsedFromAnyThread) {
  LazyLibrary library("libm.so.6");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&library] { EXPECT_TRUE(library.symbol("sin").ok()); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(LibraryLoaderTest, FillsATable) {
  double (*cosine)(double) = nullptr;
  double (*sine)(double) = nullptr;
  LibraryLoader loader("libm.so.6");
  loader.load("cos", cosine).load("sin", sine);
  ASSERT_FALSE(loader.error()) << loader.error()->message;
  EXPECT_EQ(cosine(0.0), 1.0);
  EXPECT_EQ(sine(0.0), 0.0);
}

TEST(LibraryLoaderTest, TellsTheFirstThatIsMissing) {
  double (*cosine)(double) = nullptr;
  double (*nothing)(double) = nullptr;
  double (*sine)(double) = nullptr;
  LibraryLoader loader("libm.so.6");
  loader.load("cos", cosine).load("vnode_first", nothing).load("vnode_second", nothing).load("sin", sine);
  EXPECT_TRUE(cosine);
  EXPECT_FALSE(nothing || sine);
  ASSERT_TRUE(loader.error());
  EXPECT_EQ(loader.error()->code, ErrorCode::kUnavailable);
  EXPECT_NE(loader.error()->message.find("vnode_first"), std::string::npos);
}

}  // namespace
}  // namespace vnode
