#include "model/path_map.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/unicode.h"
#include "base/windows_path.h"
#include "model/member_reader.h"

namespace vnode {
namespace {

constexpr std::string_view kVersion = "pathmapping-1.0";

/// The name of a rule's format for paths that are separated by either slash.
constexpr std::string_view kWindows = "WINDOWS";
constexpr std::string_view kPosix = "POSIX";

/// Goes through a path name by name.
class PathNames {
 public:
  PathNames(std::string_view path, bool is_windows) : rest_(path), is_windows_(is_windows) {
    while (lead_ < rest_.size() && is_slash(rest_[lead_])) ++lead_;
    rest_.remove_prefix(lead_);
    lead_ = std::min(lead_, std::size_t{is_windows ? 2U : 1U});
  }

  std::size_t lead() const { return lead_; }
  /// What is behind the names that were taken.
  std::string_view rest() const { return rest_; }

  /// The next name; empty at the end.
  std::string_view next() {
    for (;;) {
      while (!rest_.empty() && is_slash(rest_.front())) rest_.remove_prefix(1);
      std::size_t end = 0;
      while (end < rest_.size() && !is_slash(rest_[end])) ++end;
      const std::string_view name = rest_.substr(0, end);
      if (name != ".") {
        rest_.remove_prefix(end);
        return name;
      }
      rest_.remove_prefix(1);
    }
  }

  bool is_slash(char c) const { return c == '/' || (is_windows_ && c == '\\'); }

 private:
  std::string_view rest_;
  std::size_t lead_ = 0;
  bool is_windows_;
};

/// The form in which names are compared.
std::string comparable(std::string_view name, bool is_windows) {
  if (!is_windows) return std::string(name);
  if (Result<std::string> lower = to_lower(name)) return std::move(*lower);
  std::string lower(name);  // without ICU: of ASCII at least
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

/// Takes these names off the path; false when it has others.
bool take_names(PathNames& path, std::size_t lead, const std::vector<std::string>& names, bool is_windows) {
  if (path.lead() != lead) return false;
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    const std::string_view own = path.next();
    return !own.empty() && comparable(own, is_windows) == name;
  });
}

std::vector<std::string> names_of(PathNames path, bool is_windows) {
  std::vector<std::string> names;
  for (std::string_view name = path.next(); !name.empty(); name = path.next())
    names.push_back(comparable(name, is_windows));
  return names;
}

/// `D:` is a root, too.
bool is_of_windows(std::string_view path) { return is_windows_path(std::string(path) + "/"); }

struct RuleTexts {
  bool is_windows;
  std::string_view source, destination;
};

std::optional<RuleTexts> read_rule(const MemberReader& rule) {
  constexpr std::array<std::string_view, 3> kMembers{"source_path_format", "source_path", "destination_path"};
  rule.check_known(kMembers);
  for (const std::string_view member : kMembers) {
    if (!rule.find(member)) rule.complain(member, "is missing");
  }
  const auto format = rule.text("source_path_format");
  const auto source = rule.text("source_path"), destination = rule.text("destination_path");
  const bool is_known = format == kWindows || format == kPosix;
  if (format && !is_known)
    rule.complain("source_path_format", "must be 'POSIX' or 'WINDOWS', not '" + std::string(*format) + "'");
  if (destination && destination->empty()) rule.complain("destination_path", "must not be empty");
  if (!source || !destination || !is_known) return std::nullopt;
  const bool is_windows = format == kWindows;
  PathNames names(*source, is_windows);
  if (names.lead() == 0 && names.next().empty()) {
    rule.complain("source_path", "names no folder");
    return std::nullopt;
  }
  return RuleTexts{is_windows, *source, *destination};
}

}  // namespace

Result<PathMap> PathMap::read(const Value& document) {
  Problems problems;
  PathMap map;
  const MemberReader reader(document, "", problems, "bad_path_map");
  if (document.is_dict()) {
    constexpr std::array<std::string_view, 2> kMembers{"version", "path_mapping_rules"};
    reader.check_known(kMembers);
    const auto version = reader.text("version");
    if (!reader.find("version")) reader.complain("version", "must be '" + std::string(kVersion) + "'");
    if (version && *version != kVersion) {
      reader.complain("version",
                      "must be '" + std::string(kVersion) + "', not '" + std::string(*version) + "'");
    }
    if (!reader.find("path_mapping_rules")) reader.complain("path_mapping_rules", "is missing");
    reader.each("path_mapping_rules", "rules", [&](const Value& item, const std::string& pointer) {
      const MemberReader rule(item, pointer, problems, "bad_path_map");
      if (!item.is_dict()) return;
      if (const std::optional<RuleTexts> texts = read_rule(rule))
        map.rules_.push_back(make_rule(texts->is_windows, texts->source, texts->destination));
    });
  }
  if (!problems.empty()) {
    const std::size_t more = problems.size() - 1;
    return Error{ErrorCode::kBadDocument,
                 problems.front().message + (more > 0 ? " (and " + std::to_string(more) + " more)" : ""),
                 {.file = {}, .pointer = problems.front().pointer, .node = {}}};
  }
  std::stable_sort(map.rules_.begin(), map.rules_.end(),
                   [](const Rule& one, const Rule& other) { return one.names.size() > other.names.size(); });
  return map;
}

PathMap::Rule PathMap::make_rule(bool is_windows, std::string_view source, std::string_view destination) {
  Rule rule;
  const PathNames names(source, is_windows);
  rule.is_windows = is_windows;
  rule.lead = names.lead();
  rule.names = names_of(names, is_windows);
  const bool is_to_windows = is_of_windows(destination);
  const PathNames there(destination, is_to_windows);
  rule.slash = is_to_windows ? '\\' : '/';
  rule.destination_lead = there.lead();
  rule.destination_names = names_of(there, is_to_windows);
  while (destination.size() > 1 && there.is_slash(destination.back())) destination.remove_suffix(1);
  rule.destination = destination;
  return rule;
}

/// `rest`: the end of the path that the rule leaves.
std::string PathMap::destination_of(const Rule& rule, std::string_view path, std::string_view rest) {
  PathNames below(rest, rule.is_windows);
  std::string mapped = rule.destination;
  const bool has_end = below.rest().empty() && !path.empty() && below.is_slash(path.back());
  if ((has_end || !below.rest().empty()) && mapped.back() != rule.slash) mapped += rule.slash;
  for (const char c : below.rest()) mapped += below.is_slash(c) ? rule.slash : c;
  return mapped;
}

std::optional<std::string> PathMap::map(std::string_view path) const {
  for (const Rule& rule : rules_) {
    PathNames names(path, rule.is_windows);
    if (take_names(names, rule.lead, rule.names, rule.is_windows))
      return destination_of(rule, path, names.rest());
  }
  return std::nullopt;
}

bool PathMap::is_below_destination(std::string_view path) const {
  return std::any_of(rules_.begin(), rules_.end(), [path](const Rule& rule) {
    const bool is_windows = rule.slash == '\\';
    PathNames names(path, is_windows);
    return take_names(names, rule.destination_lead, rule.destination_names, is_windows);
  });
}

std::optional<std::string> PathMap::map_from(std::string_view path, From from) const {
  if (from == From::kWire && is_below_destination(path)) return std::nullopt;
  return map(path);
}

std::optional<Value> PathMap::map(const Value& value, From from) const {
  if (value.is_text()) {
    std::optional<std::string> mapped = map_from(value.as_text(), from);
    return mapped ? std::optional<Value>(Value(*mapped)) : std::nullopt;
  }
  if (!value.is_list()) return std::nullopt;
  std::vector<Value> items;
  const std::span<const Value> given = value.as_list();
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i].is_text()) continue;
    std::optional<std::string> mapped = map_from(given[i].as_text(), from);
    if (!mapped) continue;
    if (items.empty()) items.assign(given.begin(), given.end());
    items[i] = Value(*mapped);
  }
  return items.empty() ? std::nullopt : std::optional<Value>(Value::list(std::move(items)));
}

}  // namespace vnode
