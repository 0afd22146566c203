#include "apps/vnode/show/submitted_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/vnode/show/run_report.h"
#include "model/json_reader.h"
#include "rpc/submission.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// As `run.get` tells it, with every field that there is.
constexpr std::string_view kRun = R"({"id":"1","status":"completed","workflow":"/w.json","queue":"farm",
  "priority":-2,"timeout":1.5,"description":"why","key":"the-key","info":{"shot":"010"},"resources":{"gpu":2},
  "parameters":{"frames":"1-9"},
  "submitted":{"directory":"/work/here","queue":"farm","key":"the-key","on_interrupt":"retry","description":"why",
    "failed_inputs":"default","logged_errors":"report","priority":-2,"retries":3,"seed":77,"timeout":1.5,
    "fail_fast":true,"init_only":true,
    "params":[{"target":"frames","text":"1-9"},{"target":"a.b","text":"x y"},{"target":"c","port":"d","value":[1]},
              {"target":"hidden.port"}],
    "info":{"shot":"010"},"resources":{"gpu":2},"environment":["FOO","BAR"],
    "hooks":[{"command":["notify","a b"]},{"url":"http://hook"}],"name":"the-name","path":"/w.json",
    "node_timeout":60.0,"idle_timeout":90.0,"node_retries":4,
    "path_map":{"version":"pathmapping-1.0","path_mapping_rules":[
      {"source_path_format":"WINDOWS","source_path":"P:/","destination_path":"/mnt/p"}]},
    "secrets":["TOKEN"],"targets":["t.out","u"],"only":"o","skip":["s"],"map":{"target":"frames","text":"1-9"},
    "after":["261121-00001"],"after_any":["g261121-00002"],"journal":false,"cache":"/c"}})";

using ReadRows = std::vector<std::pair<std::string, std::string>>;

ReadRows rows_of(std::string_view json) { return submitted_rows(parse_json(json).value()); }

TEST(SubmittedText, TellsWhatTheRunDoesNotSayElsewhere) {
  EXPECT_THAT(
      rows_of(kRun),
      ElementsAre(
          Pair("directory", "/work/here"), Pair("on interrupt", "retry"), Pair("failed inputs", "default"),
          Pair("logged errors", "report"), Pair("retries", "3"), Pair("seed", "77"), Pair("fail fast", "yes"),
          Pair("init only", "yes"), Pair("input", "a.b = x y"), Pair("input", "c.d = [1]"),
          Pair("input", "hidden.port"), Pair("environment", "FOO, BAR"), Pair("hook", HasSubstr("notify")),
          Pair("hook", "http://hook"), Pair("name", "the-name"), Pair("node timeout", "1m 00s"),
          Pair("idle timeout", "1m 30s"), Pair("node retries", "4"), Pair("path map", "P:/ -> /mnt/p"),
          Pair("secrets", "TOKEN"), Pair("targets", "t.out, u"), Pair("only", "o"), Pair("skip", "s"),
          Pair("map", HasSubstr("frames")), Pair("after", "261121-00001"), Pair("after any", "g261121-00002"),
          Pair("journal", "no"), Pair("cache", "/c")));
}

/// A field that is added to the table must not be forgotten here.
TEST(SubmittedText, TheWholeHasEveryField) {
  const Value run = parse_json(kRun).value();
  const Value& submitted = *run.as_dict().find("submitted");
  for (const SubmissionField& field : kSubmissionFields) {
    EXPECT_TRUE(field.name == "workflow" || submitted.as_dict().find(field.name))
        << "the example above has to have the new one: " << field.name;
  }
  const std::string text = run_text(run, WallTime());
  for (const char* part :
       {"/work/here", "farm", "the-key", "-2", "why", "frames = \"1-9\"", "a.b = x y", "shot=010", "gpu=2",
        "FOO, BAR", "TOKEN", "/w.json", "1.5s", "P:/ -> /mnt/p", "http://hook"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(SubmittedText, BearsAnything) {
  for (const char* odd : {"{}", R"({"submitted":null})", R"({"submitted":[]})", "null"}) {
    EXPECT_THAT(rows_of(odd), IsEmpty()) << odd;
  }
  (void)rows_of(R"({"submitted":{"params":{},"hooks":1,"path_map":[],"secrets":"x","retries":"y"}})");
}

}  // namespace
}  // namespace vnode
