#include "apps/vnode/completion/completer.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "apps/vnode/completion/daemon_candidates.h"
#include "apps/vnode/completion/typed_words.h"
#include "apps/vnode/completion/workflow_candidates.h"
#include "apps/vnode/options/command_parser.h"
#include "apps/vnode/settings/setting_options.h"

namespace vnode {
namespace {

constexpr std::array<std::pair<std::string_view, WordKind>, 17> kWordKinds = {
    {{"FILE", WordKind::kFile},
     {"FILE|fd:N", WordKind::kFile},
     {"EVENTS", WordKind::kFile},
     {"PATH", WordKind::kFile},
     {"EXE", WordKind::kFile},
     {"DIR", WordKind::kFolder},
     {"NODE", WordKind::kNode},
     {"NODE[.PORT]", WordKind::kTarget},
     {"NODE.PORT", WordKind::kOutput},
     {"[NODE.]NAME=VALUE", WordKind::kParameter},
     {"NAME=VALUES", WordKind::kParameter},
     {"TYPE", WordKind::kNodeType},
     {"ID", WordKind::kRun},
     {"ID[,ID...]", WordKind::kRun},
     {"QUEUE", WordKind::kQueue},
     {"VARIABLE", WordKind::kVariable},
     {"VARIABLE=VALUE", WordKind::kVariable}}};

/// What the options of the line say of settings, whichever command they belong to.
SettingFlags typed_flags(const TypedWords& typed) {
  CommandSpec all;
  SettingFlags flags;
  declare_setting_options(all, flags, kAllSettings);
  for (const OptionSpec& option : all.options) {
    // What makes no sense is told when the command runs.
    for (const std::string& word : typed.words_of(option.name())) (void)option.take(word);
  }
  if (const auto encoding = typed.words_of("--encoding"); !encoding.empty()) flags.encoding = encoding.back();
  return flags;
}

/// The workflow that the line is about: a file, or that of a run.
WorkflowAtHand workflow_at_hand(const TypedWords& typed) {
  WorkflowAtHand workflow{.file = {}, .form = {}, .flags = typed_flags(typed)};
  if (const auto form = typed.words_of("--input-format"); !form.empty()) workflow.form = form.back();
  if (const auto files = typed.words_of("FILE"); !files.empty()) {
    workflow.file = files.front();
  } else if (const auto runs = typed.words_of("ID"); !runs.empty()) {
    workflow.file = workflow_of_run(workflow.flags, runs.front());
  }
  return workflow;
}

void add_all(Completion& completion, std::string_view beginning, std::vector<Candidate> candidates) {
  for (Candidate& candidate : candidates)
    completion.add(beginning, std::move(candidate.word), std::move(candidate.help));
}

void add_variables(Completion& completion, std::string_view beginning) {
  for (char** variable = environ; *variable; ++variable) {
    const std::string_view text = *variable;
    completion.add(beginning, std::string(text.substr(0, text.find('='))));
  }
}

IdKinds id_kinds(const TypedWords& typed) {
  constexpr std::array<std::string_view, 10> kTakeGroups = {
      "show", "explain", "wait", "cancel", "pause", "unpause", "retry", "clear", "logs", "submit"};
  if (typed.option->name() == "--group") return IdKinds::kGroups;
  const bool takes_both =
      std::find(kTakeGroups.begin(), kTakeGroups.end(), typed.command->name) != kTakeGroups.end();
  return takes_both ? IdKinds::kBoth : IdKinds::kRuns;
}

/// A run that was named already is not named again.
void add_runs(Completion& completion, const TypedWords& typed) {
  for (Candidate& run : run_candidates(typed_flags(typed), id_kinds(typed))) {
    const bool is_named =
        std::any_of(typed.given.begin(), typed.given.end(),
                    [&run](const TypedWords::Given& given) { return given.word == run.word; });
    if (!is_named) completion.add(typed.beginning, std::move(run.word), std::move(run.help));
  }
}

void add_words(Completion& completion, const TypedWords& typed) {
  const std::string& beginning = typed.beginning;
  switch (word_kind(*typed.option)) {
    case WordKind::kText:
      return;
    case WordKind::kChoice:
      for (const std::string& word : typed.option->choices) completion.add(beginning, word);
      return;
    case WordKind::kFile:
      completion.kind = Completion::Kind::kFiles;
      return;
    case WordKind::kFolder:
      completion.kind = Completion::Kind::kFolders;
      return;
    case WordKind::kNode:
      return add_nodes(completion, workflow_at_hand(typed), beginning);
    case WordKind::kTarget:
      return add_outputs(completion, workflow_at_hand(typed), beginning, false);
    case WordKind::kOutput:
      return add_outputs(completion, workflow_at_hand(typed), beginning, true);
    case WordKind::kParameter:
      return add_settable(completion, workflow_at_hand(typed), beginning);
    case WordKind::kNodeType:
      return add_node_types(completion, typed_flags(typed), beginning);
    case WordKind::kRun:
      return add_runs(completion, typed);
    case WordKind::kQueue:
      return add_all(completion, beginning, queue_candidates(typed_flags(typed)));
    case WordKind::kVariable:
      return add_variables(completion, beginning);
  }
}

/// The long name of each option that can still be given; the short ones where a dash was typed alone.
void add_option_names(Completion& completion, const TypedWords& typed) {
  const auto add = [&](const std::string& name, const std::string& help) {
    if (name.starts_with("--") || !typed.beginning.starts_with("--"))
      completion.add(typed.beginning, name, help);
  };
  for (const OptionSpec& option : typed.command->options) {
    if (!option.names.starts_with("-")) continue;
    if (option.arity != OptionSpec::Arity::kMany && typed.has(option)) continue;
    for (const std::string& name : option_names(option)) add(name, option.help);
  }
  for (const CommonOption& option : kCommonOptions) add(std::string(option.name), std::string(option.help));
}

}  // namespace

WordKind word_kind(const OptionSpec& option) {
  if (!option.choices.empty()) return WordKind::kChoice;
  const std::string_view name = option.names.starts_with("-") ? option.type_name : option.names;
  for (const auto& [word, kind] : kWordKinds) {
    if (word == name) return kind;
  }
  return WordKind::kText;
}

Completion complete(const CommandSpec& program, std::span<const std::string> words) {
  const TypedWords typed = read_typed_words(program, words);
  Completion completion;
  switch (typed.at) {
    case TypedWords::At::kNothing:
      break;
    case TypedWords::At::kCommand:
      for (const CommandSpec& command : typed.command->subcommands)
        completion.add(typed.beginning, command.name, command.summary);
      break;
    case TypedWords::At::kOption:
      add_option_names(completion, typed);
      break;
    case TypedWords::At::kValue:
      add_words(completion, typed);
      for (Candidate& candidate : completion.candidates) candidate.word.insert(0, typed.before);
      completion.before.insert(0, typed.before);
      break;
  }
  return completion;
}

}  // namespace vnode
