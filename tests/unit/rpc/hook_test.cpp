#include "rpc/hook.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(RpcHooks, AreAProgramOrAnHttpUrl) {
  EXPECT_EQ(problem_of({.command = {"notify", ""}}), "");
  for (const char* url : {"http://x", "https://x:80/y?z", "HTTP://x", "http://[::1]/"}) {
    EXPECT_EQ(problem_of({.url = url}), "") << url;
  }
}

TEST(RpcHooks, ThatCanNeverBeCarriedOutAreToldOf) {
  EXPECT_NE(problem_of({}), "");
  EXPECT_NE(problem_of({.command = {"a"}, .url = "http://x"}), "");
  EXPECT_NE(problem_of({.command = {"", "a"}}), "");
  for (const char* url :
       {"x", "x.org/y", "ftp://x", "file:///x", "http:/x", "http://", "https:///y", " http://x"}) {
    EXPECT_NE(problem_of({.url = url}).find(url), std::string::npos) << url;
  }
}

}  // namespace
}  // namespace vnode::test
