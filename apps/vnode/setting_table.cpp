#include "apps/vnode/setting_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "apps/vnode/size_text.h"
#include "base/duration_text.h"
#include "base/text.h"
#include "model/lenient.h"

namespace vnode {
namespace {

constexpr std::array kTable = {
    SettingEntry{
        .key = "python",
        .kind = SettingKind::kProgram,
        .options = "--python",
        .variable = "VNODE_PYTHON",
        .standard = "python3",
        .type_name = "EXE",
        .summary = "The Python interpreter, by name or path, for definitions that do not name their own"},
    SettingEntry{.key = "memory",
                 .kind = SettingKind::kSize,
                 .options = "--memory",
                 .standard_text = "no limit",
                 .type_name = "SIZE",
                 .summary = "Memory that a Python process of a run may use: 512M, 2G, 1.5GiB",
                 .least = 16 << 20},
    SettingEntry{.key = "grace",
                 .kind = SettingKind::kDuration,
                 .options = "--grace",
                 .standard = "5s",
                 .type_name = "TIME",
                 .summary = "What Python code has to give way when the run is stopped, before it is killed"},
    SettingEntry{.key = "nodes",
                 .kind = SettingKind::kFolders,
                 .options = "--nodes",
                 .variable = "v_nodes_dir, VNODE_PATH",
                 .standard_text = "none",
                 .type_name = "DIR",
                 .summary = "Load node definitions from that folder as well (repeatable)"},
    SettingEntry{.key = "prefer_native",
                 .kind = SettingKind::kSwitch,
                 .options = "--prefer-native",
                 .standard = "false",
                 .summary = "Use the native node where a definition has the same id"},
    SettingEntry{.key = "jobs",
                 .kind = SettingKind::kCount,
                 .options = "-j,--jobs",
                 .standard_text = "one a core",
                 .type_name = "N",
                 .summary = "Worker threads",
                 .least = 1,
                 .most = 4096},
    SettingEntry{.key = "max_value_bytes",
                 .kind = SettingKind::kCount,
                 .options = "--max-value-bytes",
                 .standard = "65536",
                 .type_name = "BYTES",
                 .summary = "Values whose JSON is longer are shortened in events",
                 .most = std::uint64_t{1} << 40},
};

Error refuse(std::string message) { return {ErrorCode::kInvalidValue, std::move(message)}; }

Result<Value> read_size(const SettingEntry& entry, std::string_view word) {
  const Result<std::uint64_t> bytes = parse_size(word);
  if (!bytes) return bytes.error();
  if (*bytes < entry.least) {
    return refuse("'" + std::string(word) + "' is too little: " + size_text(entry.least) +
                  " is the least (plain numbers are bytes)");
  }
  return Value(static_cast<std::int64_t>(*bytes));
}

Result<Value> read_count(const SettingEntry& entry, std::string_view word) {
  std::uint64_t number = 0;
  const char* end = word.data() + word.size();
  const auto parsed = std::from_chars(word.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < entry.least || number > entry.most) {
    return refuse("'" + std::string(word) + "' is no whole number from " + std::to_string(entry.least) +
                  " to " + std::to_string(entry.most));
  }
  return Value(static_cast<std::int64_t>(number));
}

Result<Value> read_folders(const Value& written) {
  if (written.is_text()) return Value::list({written});
  if (!written.is_list()) return refuse("must be a list of folders, not " + describe_found(written));
  for (const Value& folder : written.as_list()) {
    if (!folder.is_text() || folder.as_text().empty()) {
      return refuse("must be a list of folders; it holds " + describe_found(folder));
    }
  }
  return written;
}

std::string_view expectation(SettingKind kind) {
  switch (kind) {
    case SettingKind::kProgram:
      return "the name or path of a program";
    case SettingKind::kSize:
      return "a size such as 512M or 2G";
    case SettingKind::kDuration:
      return "a duration such as 5s or 1.5h";
    case SettingKind::kCount:
      return "a whole number";
    case SettingKind::kFolders:
      return "a list of folders";
    case SettingKind::kSwitch:
      break;
  }
  return "true or false";
}

}  // namespace

std::span<const SettingEntry> setting_table() { return kTable; }

const SettingEntry& find_setting(std::string_view key) {
  return *std::find_if(kTable.begin(), kTable.end(),
                       [key](const SettingEntry& entry) { return entry.key == key; });
}

std::string advise_setting(std::string_view wrong_key) {
  std::vector<std::string> keys;
  std::string all;
  for (const SettingEntry& entry : kTable) {
    keys.emplace_back(entry.key);
    all += (all.empty() ? "there are " : ", ") + std::string(entry.key);
  }
  const std::string nearest = nearest_word(wrong_key, keys);
  return nearest.empty() ? all : "did you mean '" + nearest + "'?";
}

Result<Value> read_setting(const SettingEntry& entry, const Value& written) {
  if (written.is_none()) return Value();
  if (entry.kind == SettingKind::kFolders) return read_folders(written);
  if (entry.kind == SettingKind::kSwitch && written.is_bool()) return written;
  const bool is_number = entry.kind == SettingKind::kSize || entry.kind == SettingKind::kCount;
  if (written.is_int() && is_number) return read_setting_word(entry, std::to_string(written.as_int()));
  const bool is_word = entry.kind != SettingKind::kSwitch && entry.kind != SettingKind::kCount;
  if (written.is_text() && is_word) return read_setting_word(entry, written.as_text());
  return refuse("must be " + std::string(expectation(entry.kind)) + ", not " + describe_found(written));
}

Result<Value> read_setting_word(const SettingEntry& entry, std::string_view word) {
  if (entry.kind == SettingKind::kSize) return read_size(entry, word);
  if (entry.kind == SettingKind::kCount) return read_count(entry, word);
  if (entry.kind == SettingKind::kDuration) {
    const Result<Duration> duration = parse_duration(word);
    return duration ? Result<Value>(Value(word)) : duration.error();
  }
  if (word.empty()) return refuse("must be " + std::string(expectation(entry.kind)) + "; it is empty");
  return Value(word);
}

}  // namespace vnode
