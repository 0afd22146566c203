#include "apps/vnode/farm/openjd_template.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/shown_text.h"
#include "model/frames.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

// The limits of the schema, in characters and items.
constexpr std::size_t kMostParameters = 50;
constexpr std::size_t kLongestJobName = 128;
constexpr std::size_t kLongestStepName = 64;
constexpr std::size_t kLongestIdentifier = 64;
constexpr std::size_t kLongestDescription = 2048;
constexpr std::size_t kLongestParameterValue = 1024;
constexpr std::size_t kMostValues = 1024;
constexpr std::size_t kMostRequirements = 50;
constexpr std::size_t kLongestCapability = 100;
constexpr std::int64_t kLongestNotice = 600;  ///< seconds
/// Beyond the grace period, for vnode itself.
constexpr std::int64_t kNoticeMargin = 5;

Error refuse_job(std::string message) { return {ErrorCode::kUsage, std::move(message)}; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string first_characters(std::string_view text, std::size_t most) {
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U && count++ == most) break;
  }
  return std::string(text.substr(0, end));
}

/// A text in which nothing is replaced, where it cannot be written in another way.
std::string without_braces(std::string text) {
  for (std::size_t at = 0; (at = text.find("{{", at)) != text.npos; ++at) text.insert(at + 1, " ");
  return text;
}

/// Without control characters, and not empty.
std::string job_name(const std::string& name, std::size_t most) {
  std::string shown = without_braces(first_characters(shown_line(name, 4 * most), most));
  shown = first_characters(shown, most);
  return shown.empty() ? "vnode" : shown;
}

bool is_identifier(std::string_view name) {
  return is_parameter_name(name) && name.size() <= kLongestIdentifier;
}

std::string json_of(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

/// As it stands behind `-p`: texts as they are, all else as JSON.
std::string typed_text(const Value& value) {
  return value.is_text() ? std::string(value.as_text()) : json_of(value);
}

/// Memory is counted in MiB there.
std::pair<std::string, double> capability_of(std::string_view resource, ResourceAmount amount) {
  const double count = static_cast<double>(amount) / static_cast<double>(kOneResource);
  if (resource == kCpus) return {"amount.worker.vcpu", count};
  if (resource == "gpu") return {"amount.worker.gpu", count};
  if (resource == kMem) return {"amount.worker.memory", std::ceil(count / (1024.0 * 1024.0))};
  return {"amount." + std::string(resource), count};
}

/// Why no template can ask for a resource of that name; empty: it can.
std::string_view name_mistake(std::string_view resource) {
  if (capability_of(resource, 0).first.size() > kLongestCapability) return "its name has too many characters";
  constexpr std::array<std::string_view, 4> kReserved = {"worker", "job", "step", "task"};
  const std::string_view scope = resource.substr(0, resource.find('.'));
  if (std::find(kReserved.begin(), kReserved.end(), scope) != kReserved.end())
    return "its name must not begin with worker, job, step or task";
  for (std::size_t at = 0; at <= resource.size();) {
    const std::size_t dot = std::min(resource.find('.', at), resource.size());
    if (!is_identifier(resource.substr(at, dot - at)))
      return "its name may have Latin letters, digits and '_', in parts with dots between them that begin "
             "with no digit";
    at = dot + 1;
  }
  return {};
}

/// Makes the template, part by part.
class TemplateMaker {
 public:
  explicit TemplateMaker(const OpenJdJob& job) : job_(job) {}

  Result<OpenJdTemplate> make();

 private:
  Result<void> add_parameters();
  Result<Dict> definition_of(const Parameter& parameter);
  Result<void> add_default(Dict& definition, const Parameter& parameter);
  Result<void> make_space();
  Result<void> make_frames(const Parameter& mapped, const std::string& text);
  Result<void> make_values(const Parameter& mapped);
  Result<Value> requirements();
  Dict action() const;
  Dict step(const Value& needed) const;
  const Parameter* mapped() const;

  const OpenJdJob& job_;
  OpenJdTemplate made_;
  std::vector<Value> definitions_;
  std::optional<Dict> space_;  ///< of the one task parameter
  bool is_chunked_ = false;
  bool is_job_parameter_ = true;  ///< the mapped one is, too: who submits says its frames
};

const Parameter* TemplateMaker::mapped() const {
  const auto found = std::find_if(job_.parameters.begin(), job_.parameters.end(),
                                  [this](const Parameter& parameter) { return parameter.name == job_.map; });
  return found == job_.parameters.end() ? nullptr : &*found;
}

Result<OpenJdTemplate> TemplateMaker::make() {
  if (Result<void> done = make_space(); !done) return done.error();
  if (Result<void> done = add_parameters(); !done) return done.error();
  const Result<Value> needed = requirements();
  if (!needed) return needed.error();
  Dict& document = made_.document;
  document.set("specificationVersion", "jobtemplate-2023-09");
  if (is_chunked_) document.set("extensions", Value::list({Value("TASK_CHUNKING")}));
  document.set("name", job_name(job_.name, kLongestJobName));
  if (!definitions_.empty()) document.set("parameterDefinitions", Value::list(std::move(definitions_)));
  document.set("steps", Value::list({Value(step(*needed))}));
  return std::move(made_);
}

Result<void> TemplateMaker::add_parameters() {
  for (const Parameter& parameter : job_.parameters) {
    if (!is_identifier(parameter.name)) {
      return refuse_job("the parameter '" + parameter.name + "' has a name of more than " +
                        std::to_string(kLongestIdentifier) + " characters, which no job parameter may have");
    }
    if (parameter.name == job_.map && !is_job_parameter_) continue;
    Result<Dict> definition = definition_of(parameter);
    if (!definition) return definition.error();
    definitions_.emplace_back(std::move(*definition));
  }
  if (definitions_.size() <= kMostParameters) return {};
  return refuse_job("the workflow has " + std::to_string(definitions_.size()) +
                    " parameters; a job has at most " + std::to_string(kMostParameters));
}

Result<Dict> TemplateMaker::definition_of(const Parameter& parameter) {
  Dict definition{{"name", parameter.name}};
  const bool is_range = parameter.name == job_.map;
  std::string_view type = "STRING";
  if (parameter.type == ParameterType::kInt && !is_range) type = "INT";
  if (parameter.type == ParameterType::kFloat) type = "FLOAT";
  if (parameter.type == ParameterType::kPath) type = "PATH";
  definition.set("type", type);
  if (!parameter.description.empty()) {
    definition.set("description", first_characters(shown_text(parameter.description, 4 * kLongestDescription),
                                                   kLongestDescription));
  }
  if (type == "INT" || type == "FLOAT") {
    if (!parameter.minimum.is_unset()) definition.set("minValue", parameter.minimum);
    if (!parameter.maximum.is_unset()) definition.set("maxValue", parameter.maximum);
  }
  std::vector<Value> allowed;
  if (parameter.type == ParameterType::kBool) allowed = {Value("true"), Value("false")};
  for (const Value& option : parameter.options) allowed.emplace_back(typed_text(option));
  // (Of the mapped one tasks have one of them, the job has all of theirs.)
  if (!allowed.empty() && !is_range) definition.set("allowedValues", Value::list(std::move(allowed)));
  if (Result<void> added = add_default(definition, parameter); !added) return added.error();
  return definition;
}

Result<void> TemplateMaker::add_default(Dict& definition, const Parameter& parameter) {
  const bool is_range = parameter.name == job_.map;
  if (is_range && job_.values) {
    if (characters(*job_.values) > kLongestParameterValue) {
      return refuse_job("the frames of '" + job_.map + "' have more than " +
                        std::to_string(kLongestParameterValue) + " characters");
    }
    definition.set("default", *job_.values);
    return {};
  }
  const Value& value = parameter.default_value;
  if (value.is_unset()) return {};
  if (definition.find("type")->as_text() == "INT" || definition.find("type")->as_text() == "FLOAT") {
    definition.set("default", value);
    return {};
  }
  const std::string text = typed_text(value);
  if (characters(text) > kLongestParameterValue) {
    made_.notes.push_back("the default of '" + parameter.name + "' has more than " +
                          std::to_string(kLongestParameterValue) +
                          " characters, and is left out: it has to be given with the job");
    return {};
  }
  definition.set("default", text);
  return {};
}

Result<void> TemplateMaker::make_space() {
  if (job_.map.empty()) return {};
  const Parameter* parameter = mapped();
  if (!parameter) return refuse_job("the workflow has no parameter '" + job_.map + "' to map");
  if (job_.values) {
    const Result<std::vector<std::int64_t>> frames = parse_frames(*job_.values);
    return frames && !frames->empty() ? make_frames(*parameter, *job_.values) : make_values(*parameter);
  }
  if (parameter->type == ParameterType::kChoice) return make_values(*parameter);
  if (parameter->type != ParameterType::kText && parameter->type != ParameterType::kInt) {
    return refuse_job("'" + job_.map +
                      "' is no parameter of frames: say which values the tasks have, --map " + job_.map +
                      "=a,b,c");
  }
  return make_frames(*parameter,
                     parameter->default_value.is_unset() ? "" : typed_text(parameter->default_value));
}

/// Who submits the job says which frames: they are a job parameter.
Result<void> TemplateMaker::make_frames(const Parameter& parameter, const std::string& text) {
  if (!text.empty()) {
    const Result<std::vector<std::int64_t>> frames = parse_frames(text);
    if (!frames) return refuse_job("'" + job_.map + "': " + frames.error().message);
    if (text.find('x') != text.npos)
      return refuse_job("'" + job_.map + "': a job template has steps as 1-100:10, not as 1-100x10");
  }
  Dict space{{"name", job_.map}};
  // An int takes one frame a task.
  is_chunked_ = parameter.type != ParameterType::kInt;
  space.set("type", is_chunked_ ? "CHUNK[INT]" : "INT");
  space.set("range", "{{Param." + job_.map + "}}");
  if (!is_chunked_ && job_.chunk > 1)
    made_.notes.push_back("'" + job_.map + "' is an int: each task has one frame, whatever --chunk says");
  if (is_chunked_) {
    space.set("chunks",
              Dict{{"defaultTaskCount", static_cast<std::int64_t>(std::max<std::size_t>(job_.chunk, 1))},
                   {"rangeConstraint", "NONCONTIGUOUS"}});
  }
  space_ = std::move(space);
  return {};
}

Result<void> TemplateMaker::make_values(const Parameter& parameter) {
  is_job_parameter_ = false;
  std::vector<std::string> texts;
  if (job_.values) {
    for (std::size_t at = 0; at <= job_.values->size();) {
      const std::size_t comma = std::min(job_.values->find(',', at), job_.values->size());
      texts.push_back(job_.values->substr(at, comma - at));
      at = comma + 1;
    }
  } else {
    for (const Value& option : parameter.options) texts.push_back(typed_text(option));
  }
  if (texts.size() > kMostValues) {
    return refuse_job("'" + job_.map + "' has " + std::to_string(texts.size()) +
                      " values; a step has at most " + std::to_string(kMostValues));
  }
  std::vector<Value> range;
  for (const std::string& text : texts) {
    if (text.empty()) return refuse_job("'" + job_.map + "' has an empty value, which no task may have");
    if (characters(text) > kLongestParameterValue) {
      return refuse_job("'" + job_.map + "' has a value of more than " +
                        std::to_string(kLongestParameterValue) + " characters");
    }
    if (text.find("{{") != text.npos)
      return refuse_job("'" + job_.map + "': a value must not have '{{' in it");
    range.emplace_back(text);
  }
  space_ = Dict{{"name", job_.map}, {"type", "STRING"}, {"range", Value::list(std::move(range))}};
  return {};
}

/// What a host has to have.
Result<Value> TemplateMaker::requirements() {
  ResourceAmounts wanted = job_.resources;
  for (const auto& [name, amount] : job_.needed) {
    if (wanted.contains(name)) continue;
    if (const std::string_view mistake = name_mistake(name); !mistake.empty()) {
      made_.notes.push_back("nodes need '" + name +
                            "', which no host can be asked for: " + std::string(mistake));
    } else {
      wanted.emplace(name, amount);
    }
  }
  std::vector<Value> amounts;
  for (const auto& [name, amount] : wanted) {
    if (const std::string_view mistake = name_mistake(name); !mistake.empty()) {
      return refuse_job("the resource '" + name + "' cannot be asked for: " + std::string(mistake));
    }
    const auto [capability, count] = capability_of(name, amount);
    amounts.emplace_back(Dict{{"name", capability}, {"min", count}});
  }
  if (amounts.size() > kMostRequirements)
    return refuse_job("a host can be asked for at most " + std::to_string(kMostRequirements) + " resources");
  return amounts.empty() ? Value() : Value(Dict{{"amounts", Value::list(std::move(amounts))}});
}

Dict TemplateMaker::action() const {
  std::vector<Value> args = {Value("run"),        Value("{{Task.File.workflow}}"),
                             Value("--progress"), Value("openjd"),
                             Value("--path-map"), Value("{{Session.PathMappingRulesFile}}")};
  for (const Parameter& parameter : job_.parameters) {
    const char* scope = parameter.name == job_.map ? "Task.Param." : "Param.";
    args.emplace_back("-p");
    args.emplace_back(parameter.name + "={{" + scope + parameter.name + "}}");
  }
  Dict run{{"command", "vnode"}, {"args", Value::list(std::move(args))}};
  const auto seconds = [](Duration time) {
    return static_cast<std::int64_t>(std::ceil(std::chrono::duration<double>(time).count()));
  };
  if (job_.timeout) run.set("timeout", std::max<std::int64_t>(seconds(*job_.timeout), 1));
  run.set("cancelation",
          Dict{{"mode", "NOTIFY_THEN_TERMINATE"},
               {"notifyPeriodInSeconds",
                std::clamp<std::int64_t>(seconds(job_.grace) + kNoticeMargin, 1, kLongestNotice)}});
  return run;
}

Dict TemplateMaker::step(const Value& needed) const {
  Dict step{{"name", job_name(job_.name, kLongestStepName)}};
  if (space_) step.set("parameterSpace", Dict{{"taskParameterDefinitions", Value::list({Value(*space_)})}});
  if (!needed.is_none()) step.set("hostRequirements", needed);
  const Dict file{{"name", "workflow"},
                  {"type", "TEXT"},
                  {"filename", "workflow.json"},
                  {"data", without_format_expressions(job_.document)}};
  step.set("script",
           Dict{{"actions", Dict{{"onRun", action()}}}, {"embeddedFiles", Value::list({Value(file)})}});
  return step;
}

}  // namespace

std::string without_format_expressions(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '{' && text.ends_with('{')) {
      text += "\\u007b";
    } else {
      text += c;
    }
  }
  return text;
}

Result<OpenJdTemplate> make_openjd_template(const OpenJdJob& job) { return TemplateMaker(job).make(); }

}  // namespace vnode
