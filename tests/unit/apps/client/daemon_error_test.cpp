#include "apps/vnode/client/daemon_error.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

CallError error(std::string word, RpcErrorCode code = RpcErrorCode::kServer) {
  return {{.code = code, .word = std::move(word), .message = "m"}};
}

TEST(DaemonError, HasAnExitCode) {
  EXPECT_EQ(exit_code_of(error("no_daemon")), kExitNoDaemon);
  EXPECT_EQ(exit_code_of(error("no_reply")), kExitNoDaemon);
  EXPECT_EQ(exit_code_of(error("not_allowed")), kExitNoDaemon);
  EXPECT_EQ(exit_code_of(error("store_unavailable")), kExitNoDaemon);
  EXPECT_EQ(exit_code_of(error("unreachable")), kExitNoDaemon);
  EXPECT_EQ(exit_code_of(error("tls_failed")), kExitNoDaemon);
  for (const char* word : {"not_serving", "socket_gone", "elsewhere", "not_trusted"}) {
    EXPECT_EQ(exit_code_of(error(word)), kExitNoDaemon) << word;
  }
  EXPECT_EQ(exit_code_of(error("bad_tls_ca")), kExitUsage);
  EXPECT_EQ(exit_code_of(error("unknown_run")), kExitUsage);
  EXPECT_EQ(exit_code_of(error("key_conflict")), kExitUsage);
  EXPECT_EQ(exit_code_of(error("too_long")), kExitUsage);
  EXPECT_EQ(exit_code_of(error("bad_parameters")), kExitUsage);
  EXPECT_EQ(exit_code_of(error("invalid_workflow")), kExitInvalid);
  EXPECT_EQ(exit_code_of(error("unreadable")), kExitInvalid);
  EXPECT_EQ(exit_code_of(error("internal", RpcErrorCode::kInternal)), kExitInternal);
  EXPECT_EQ(exit_code_of(error("unknown_method", RpcErrorCode::kMethodNotFound)), kExitNoDaemon);
}

TEST(DaemonError, SaysWhetherItPasses) {
  EXPECT_TRUE(is_passing(error("disconnected")));
  EXPECT_TRUE(is_passing(error("shutting_down")));
  EXPECT_TRUE(is_passing(error("unreachable")));
  EXPECT_TRUE(is_passing(error("not_serving")));
  EXPECT_TRUE(is_passing(error("socket_gone")));
  EXPECT_FALSE(is_passing(error("elsewhere")));
  EXPECT_FALSE(is_passing(error("tls_failed")));
  EXPECT_FALSE(is_passing(error("not_allowed")));
  EXPECT_FALSE(is_passing(error("unknown_run")));
}

TEST(DaemonError, AdvisesWhenThereIsNoDaemon) {
  EXPECT_NE(advice_on(error("no_daemon")).find("vnode serve --detach"), std::string_view::npos);
  EXPECT_EQ(advice_on(error("no_reply")).find("vnode serve"), std::string_view::npos);
  EXPECT_EQ(advice_on(error("unknown_run")), "");
}

TEST(DaemonError, HoldsProblems) {
  CallError refused = error("invalid_workflow");
  refused.error.data.set("problems", Value::list({Value(Dict{{"severity", Value("warning")},
                                                             {"code", Value("c")},
                                                             {"pointer", Value("/nodes/0")},
                                                             {"message", Value("m")}}),
                                                  Value("odd")}));
  const Problems problems = problems_in(Value(refused.error.data));
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].severity, Severity::kWarning);
  EXPECT_EQ(problems[0].pointer, "/nodes/0");
}

}  // namespace
}  // namespace vnode
