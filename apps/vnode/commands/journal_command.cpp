#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/owned_fd.h"
#include "journal/journal_reader.h"
#include "model/json_writer.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

struct JournalSettings {
  std::string file;
  std::string format = "text";
};

/// How much of a journal is printed at once, and of one record in a line for people.
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kColumns = 160;

std::string_view word(RecordsEnd end) {
  switch (end) {
    case RecordsEnd::kWhole:
      return "whole";
    case RecordsEnd::kZeros:
      return "zeros";
    case RecordsEnd::kTorn:
      break;
  }
  return "torn";
}

std::string_view sentence(RecordsEnd end) {
  switch (end) {
    case RecordsEnd::kWhole:
      return "the last record ends with the file";
    case RecordsEnd::kZeros:
      return "zeros follow: space that was not used";
    case RecordsEnd::kTorn:
      break;
  }
  return "what follows is no whole record; who goes on with this journal cuts it off";
}

std::string record_line(const JournalRecord& record) {
  std::string line = std::to_string(record.place) + "  " + record.kind;
  for (const Dict::Entry& entry : record.fields) {
    const std::string name = to_text(entry.key);
    if (name == "record" || line.size() > 4 * kColumns) continue;
    line += " " + name + "=";
    append_json(line, entry.value);
  }
  return cut_to_width(harmless_line(line), kColumns) + "\n";
}

std::string record_json(const JournalRecord& record) {
  Dict fields;
  fields.set("offset", Value(static_cast<std::int64_t>(record.place)));
  for (const Dict::Entry& entry : record.fields) fields.set(entry.key, entry.value);
  std::string out;
  append_json(out, Value(std::move(fields)));
  return out;
}

std::string end_text(const RecordReader& records, bool is_json) {
  const std::string offset = std::to_string(records.end());
  if (!is_json) return offset + "  " + std::string(sentence(records.how_it_ends())) + "\n";
  return "\n],\"end\":{\"offset\":" + offset + ",\"how\":\"" + std::string(word(records.how_it_ends())) +
         "\"}}\n";
}

/// What can be read stands before the error that ends it.
ExitCode show(const JournalSettings& settings, Diagnostics& diagnostics) {
  const bool is_json = settings.format == "json";
  const OwnedFd file(::open(settings.file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return report_usage_error(io_error("cannot read " + settings.file, errno), diagnostics);
  Result<JournalReader> reader = JournalReader::open(file.get(), settings.file);
  if (!reader) {
    diagnostics.error(describe(reader.error()));
    return kExitInvalid;
  }
  std::string text = is_json ? "{\"records\":[" : "";
  std::optional<Error> damage;
  for (bool is_first = true;; is_first = false) {
    const Result<std::optional<JournalRecord>> record = reader->next();
    if (!record) damage = record.error();
    if (!record || !*record) break;
    text += is_json ? (is_first ? "\n" : ",\n") + record_json(**record) : record_line(**record);
    if (text.size() < kChunk) continue;
    if (const ExitCode code = print(text, diagnostics); code != kExitSuccess) return code;
    text.clear();
  }
  if (damage) {
    if (is_json) text += "\n]}\n";
  } else {
    text += end_text(reader->records(), is_json);
  }
  const ExitCode printed = print(text, diagnostics);
  if (!damage) return printed;
  diagnostics.error(describe(*damage));
  return printed == kExitSuccess ? kExitInvalid : printed;
}

}  // namespace

void set_up_journal(CommandSpec& command) {
  auto settings = std::make_shared<JournalSettings>();
  CommandSpec& shown = command.subcommands.emplace_back(
      CommandSpec{.name = "show", .summary = "Every record, in the order of the run"});
  add_nonempty_text(shown, "FILE", settings->file, "", "The journal of a run, which may be going on")
      .is_required = true;
  add_choice(shown, "-o,--format", settings->format, {"text", "json"}, "text (default) or json");
  shown.action = [settings](Diagnostics& diagnostics) { return show(*settings, diagnostics); };
}

}  // namespace vnode
