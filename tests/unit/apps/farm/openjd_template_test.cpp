#include "apps/vnode/farm/openjd_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The part of a template that PATH leads to, as JSON.
std::string at(const Dict& document, std::string_view path) {
  Value value(document);
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (value.is_list()) {
      value = value.as_list()[static_cast<std::size_t>(std::stoi(std::string(name)))];
    } else {
      const Dict dict = value.as_dict();
      const Value* found = dict.find(name);
      if (!found) return "(none)";
      value = *found;
    }
  }
  std::string text;
  append_json(text, value);
  return text;
}

Parameter parameter(std::string name, ParameterType type, Value standard = Value::unset()) {
  Parameter made;
  made.name = std::move(name);
  made.type = type;
  made.default_value = std::move(standard);
  return made;
}

OpenJdJob job(std::vector<Parameter> parameters = {}) {
  OpenJdJob made;
  made.name = "render";
  made.document = R"({"nodes":[]})";
  made.parameters = std::move(parameters);
  made.grace = std::chrono::seconds(5);
  return made;
}

Dict document(const OpenJdJob& made) {
  const Result<OpenJdTemplate> done = make_openjd_template(made);
  EXPECT_TRUE(done) << (done ? "" : done.error().message);
  return done ? done->document : Dict();
}

std::string refusal(const OpenJdJob& made) {
  const Result<OpenJdTemplate> done = make_openjd_template(made);
  return done ? "accepted" : done.error().message;
}

constexpr std::string_view kSpace = "steps/0/parameterSpace/taskParameterDefinitions/0";
constexpr std::string_view kRun = "steps/0/script/actions/onRun";

TEST(OpenJdTemplates, RunTheWorkflow) {
  OpenJdJob made = job({parameter("shot", ParameterType::kText, "010")});
  made.timeout = std::chrono::milliseconds(90'500);
  const Dict made_document = document(made);
  EXPECT_EQ(at(made_document, "specificationVersion"), R"("jobtemplate-2023-09")");
  EXPECT_EQ(at(made_document, "extensions"), "(none)");
  EXPECT_EQ(at(made_document, "name"), R"("render")");
  EXPECT_EQ(at(made_document, std::string(kRun) + "/command"), R"("vnode")");
  EXPECT_EQ(at(made_document, std::string(kRun) + "/args"),
            R"(["run","{{Task.File.workflow}}","--progress","openjd","--path-map",)"
            R"("{{Session.PathMappingRulesFile}}","-p","shot={{Param.shot}}"])");
  EXPECT_EQ(at(made_document, std::string(kRun) + "/timeout"), "91");
  EXPECT_EQ(at(made_document, std::string(kRun) + "/cancelation"),
            R"({"mode":"NOTIFY_THEN_TERMINATE","notifyPeriodInSeconds":10})");
  EXPECT_EQ(at(made_document, "steps/0/script/embeddedFiles/0/data"), R"("{\"nodes\":[]}")");
}

TEST(OpenJdTemplates, HaveNoticePeriodsOfTenMinutesAtMost) {
  OpenJdJob made = job();
  made.grace = std::chrono::hours(1);
  EXPECT_EQ(at(document(made), std::string(kRun) + "/cancelation/notifyPeriodInSeconds"), "600");
}

TEST(OpenJdTemplates, HaveTheParametersOfTheWorkflow) {
  Parameter count = parameter("count", ParameterType::kInt, 3);
  count.minimum = 1;
  count.maximum = 9;
  count.description = "how many";
  Parameter quality = parameter("quality", ParameterType::kChoice, "final");
  quality.options = {"preview", "final"};
  const Dict made =
      document(job({count, quality, parameter("on", ParameterType::kBool, true),
                    parameter("list", ParameterType::kList, Value::list({Value(1), Value("a")})),
                    parameter("out", ParameterType::kPath), parameter("f", ParameterType::kFloat, 0.5)}));
  EXPECT_EQ(
      at(made, "parameterDefinitions/0"),
      R"({"name":"count","type":"INT","description":"how many","minValue":1,"maxValue":9,"default":3})");
  EXPECT_EQ(at(made, "parameterDefinitions/1"),
            R"({"name":"quality","type":"STRING","allowedValues":["preview","final"],"default":"final"})");
  EXPECT_EQ(at(made, "parameterDefinitions/2"),
            R"({"name":"on","type":"STRING","allowedValues":["true","false"],"default":"true"})");
  EXPECT_EQ(at(made, "parameterDefinitions/3"), R"({"name":"list","type":"STRING","default":"[1,\"a\"]"})");
  EXPECT_EQ(at(made, "parameterDefinitions/4"), R"({"name":"out","type":"PATH"})");
  EXPECT_EQ(at(made, "parameterDefinitions/5"), R"({"name":"f","type":"FLOAT","default":0.5})");
}

TEST(OpenJdTemplates, HaveFramesInChunks) {
  OpenJdJob made = job({parameter("frames", ParameterType::kText, "1-100")});
  made.map = "frames";
  made.chunk = 10;
  const Dict chunked = document(made);
  EXPECT_EQ(at(chunked, "extensions"), R"(["TASK_CHUNKING"])");
  EXPECT_EQ(at(chunked, kSpace), R"({"name":"frames","type":"CHUNK[INT]","range":"{{Param.frames}}",)"
                                 R"("chunks":{"defaultTaskCount":10,"rangeConstraint":"NONCONTIGUOUS"}})");
  EXPECT_EQ(at(chunked, "parameterDefinitions/0"), R"({"name":"frames","type":"STRING","default":"1-100"})");
  EXPECT_EQ(at(chunked, std::string(kRun) + "/args/7"), R"("frames={{Task.Param.frames}}")");
  made.values = "1-9:2";
  EXPECT_EQ(at(document(made), "parameterDefinitions/0/default"), R"("1-9:2")");
  made.values = "1-9x2";
  EXPECT_THAT(refusal(made), HasSubstr("1-100:10"));
}

TEST(OpenJdTemplates, HaveOneFrameATaskForAnInt) {
  OpenJdJob made = job({parameter("frame", ParameterType::kInt, 7)});
  made.map = "frame";
  const Dict single = document(made);
  EXPECT_EQ(at(single, "extensions"), "(none)");
  EXPECT_EQ(at(single, kSpace), R"({"name":"frame","type":"INT","range":"{{Param.frame}}"})");
  EXPECT_EQ(at(single, "parameterDefinitions/0"), R"({"name":"frame","type":"STRING","default":"7"})");
}

TEST(OpenJdTemplates, HaveValuesThatAreNoFrames) {
  OpenJdJob made = job({parameter("layer", ParameterType::kText, "beauty")});
  made.map = "layer";
  made.values = "beauty,shadow";
  const Dict listed = document(made);
  EXPECT_EQ(at(listed, kSpace), R"({"name":"layer","type":"STRING","range":["beauty","shadow"]})");
  EXPECT_EQ(at(listed, "parameterDefinitions"), "(none)") << "each task has its own";
  made.values = "a,{{b}}";
  EXPECT_THAT(refusal(made), HasSubstr("'{{'"));
  made.values = "a,,b";
  EXPECT_THAT(refusal(made), HasSubstr("empty value"));
  made.values = "a," + std::string(1024, 'b');
  EXPECT_EQ(refusal(made), "accepted");
  made.values = "a," + std::string(1025, 'b');
  EXPECT_THAT(refusal(made), HasSubstr("more than 1024"));
  std::string many = "v";
  for (int i = 0; i < 1024; ++i) many += ",v" + std::to_string(i);
  made.values = many;
  EXPECT_THAT(refusal(made), HasSubstr("1025 values; a step has at most 1024"));
  made.map = "nothing";
  EXPECT_THAT(refusal(made), HasSubstr("no parameter 'nothing'"));
}

TEST(OpenJdTemplates, KeepToTheLimitsOfNames) {
  OpenJdJob made = job();
  made.name = "\u00e4{{x}}\n" + std::string(200, 'n');
  const Dict named = document(made);
  EXPECT_THAT(at(named, "name"), Not(HasSubstr("{{")));
  EXPECT_THAT(at(named, "name"), Not(HasSubstr("\\n")));
  EXPECT_EQ(at(named, "name").size(), 128U + 1 + 2) << "characters, not bytes";
  EXPECT_EQ(at(named, "steps/0/name").size(), 64U + 1 + 2);
  made.name = "";
  EXPECT_EQ(at(document(made), "name"), R"("vnode")");
  EXPECT_EQ(refusal(job({parameter(std::string(64, 'p'), ParameterType::kText)})), "accepted");
  EXPECT_THAT(refusal(job({parameter(std::string(65, 'p'), ParameterType::kText)})),
              HasSubstr("more than 64"));
}

TEST(OpenJdTemplates, HaveFiftyParametersAtMost) {
  std::vector<Parameter> parameters;
  for (int i = 0; i < 50; ++i) parameters.push_back(parameter("p" + std::to_string(i), ParameterType::kText));
  EXPECT_EQ(refusal(job(parameters)), "accepted");
  parameters.push_back(parameter("one_more", ParameterType::kText));
  EXPECT_THAT(refusal(job(parameters)), HasSubstr("51 parameters; a job has at most 50"));
}

TEST(OpenJdTemplates, LeaveOutDefaultsThatAreTooLong) {
  const Result<OpenJdTemplate> made =
      make_openjd_template(job({parameter("text", ParameterType::kText, std::string(1025, 'x'))}));
  ASSERT_TRUE(made);
  EXPECT_EQ(at(made->document, "parameterDefinitions/0/default"), "(none)");
  ASSERT_EQ(made->notes.size(), 1U);
  EXPECT_THAT(made->notes[0], HasSubstr("the default of 'text'"));
}

TEST(OpenJdTemplates, AskForHosts) {
  OpenJdJob made = job();
  made.resources = {{"cpus", 4000}, {"gpu", 500}, {"license.houdini", 1000}, {"mem", 3000LL * 1024 * 1024}};
  EXPECT_EQ(at(document(made), "steps/0/hostRequirements/amounts"),
            R"([{"name":"amount.worker.vcpu","min":4.0},{"name":"amount.worker.gpu","min":0.5},)"
            R"({"name":"amount.license.houdini","min":1.0},{"name":"amount.worker.memory","min":3.0}])");
  for (const char* odd : {"odd-name", "2d", "a..b", "license.", "worker.disk", "gr\u00f6\u00dfe"}) {
    made.resources = {{odd, 1000}};
    EXPECT_THAT(refusal(made), HasSubstr("'" + std::string(odd) + "' cannot be asked for"));
  }
  made.resources = {{std::string(64, 'a') + "." + std::string(30, 'b'), 1000}};
  EXPECT_THAT(refusal(made), HasSubstr("too many characters"));
  made.resources.clear();
  for (int i = 0; i < 50; ++i) made.resources.emplace("r" + std::to_string(i), 1000);
  EXPECT_EQ(refusal(made), "accepted");
  made.resources.emplace("one_more", 1000);
  EXPECT_THAT(refusal(made), HasSubstr("at most 50 resources"));
}

TEST(OpenJdTemplates, AskForWhatNodesNeed) {
  OpenJdJob made = job();
  made.needed = {{"cpus", 4000}, {"mem", 1000}, {"odd-name", 1000}};
  made.resources = {{"cpus", 2000}};
  const Result<OpenJdTemplate> done = make_openjd_template(made);
  ASSERT_TRUE(done);
  EXPECT_EQ(at(done->document, "steps/0/hostRequirements/amounts"),
            R"([{"name":"amount.worker.vcpu","min":2.0},{"name":"amount.worker.memory","min":1.0}])")
      << "what somebody says counts instead";
  ASSERT_EQ(done->notes.size(), 1U);
  EXPECT_THAT(done->notes[0], HasSubstr("nodes need 'odd-name'"));
  made.needed.clear();
  made.resources.clear();
  EXPECT_EQ(at(document(made), "steps/0/hostRequirements"), "(none)");
}

TEST(OpenJdTemplates, HaveFramesThatFitIntoAJobParameter) {
  OpenJdJob made = job({parameter("frames", ParameterType::kText)});
  made.map = "frames";
  std::string frames = "100001";
  while (frames.size() < 1024) frames += "," + std::to_string(100001 + frames.size());
  made.values = frames.substr(0, 1021) + "111";
  EXPECT_EQ(refusal(made), "accepted");
  made.values = *made.values + "1";
  EXPECT_THAT(refusal(made), HasSubstr("more than 1024 characters"));
}

TEST(OpenJdTemplates, SayWhatAChunkCannotBe) {
  Parameter frame = parameter("frame", ParameterType::kInt, 7);
  frame.options = {7, 8};
  OpenJdJob made = job({frame});
  made.map = "frame";
  made.values = "7-8";
  made.chunk = 10;
  const Result<OpenJdTemplate> done = make_openjd_template(made);
  ASSERT_TRUE(done);
  EXPECT_EQ(at(done->document, "parameterDefinitions/0/allowedValues"), "(none)") << "7-8 is none of them";
  ASSERT_EQ(done->notes.size(), 1U);
  EXPECT_THAT(done->notes[0], HasSubstr("each task has one frame"));
}

TEST(FormatExpressions, AreNoneInTheWorkflow) {
  const std::string json = R"({"a":"{{Param.x}} {{{","b":{"c":{}}})";
  const std::string safe = without_format_expressions(json);
  EXPECT_THAT(safe, Not(HasSubstr("{{")));
  std::string before, after;
  append_json(before, parse_json(json).value());
  append_json(after, parse_json(safe).value());
  EXPECT_EQ(before, after) << "it is the same JSON";
}

}  // namespace
}  // namespace vnode
