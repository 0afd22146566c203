#include "yaml/file_lowering.h"

#include <algorithm>

#include "base/spelling.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// As part of a longer text.
std::string inserted_text(const Value& value) {
  if (value.is_text()) return std::string(value.as_text());
  std::string text;
  append_json(text, value);
  return text;
}

}  // namespace

const UsedParameters::Entry* UsedParameters::find(std::string_view name) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [name](const Entry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

void FileLowering::report(YamlFault fault, Severity severity) const {
  if (shared.problems.size() < kMostProblems) {
    shared.problems.push_back(fault.problem(*source, severity));
  } else if (severity == Severity::kError) {
    ++shared.untold;
    shared.last_untold = source->place_of(fault.at);
  }
}

bool FileLowering::expect_map(YamlIndex index, const std::string& what) const {
  if (tree[index].is_map()) return true;
  if (tree[index].kind != YamlNode::Kind::kNull)
    report({at(index), "wrong_type", what + " must be a map of names", "write 'name: ...' lines below it"});
  return false;
}

void FileLowering::report_unknown_key(YamlIndex key, const std::vector<std::string>& known,
                                      const std::string& what) const {
  const std::string_view text = tree.text(key);
  report({at(key), "unknown_key", what + " has no key '" + std::string(text.substr(0, 80)) + "'",
          spelling_advice(text, known, "there are")});
}

Value FileLowering::value(YamlIndex index, bool is_text) const {
  Value value = is_text ? text_value(tree, index, sink()) : core_value(tree, index, sink());
  return parameters ? with_parameters(value, at(index)) : value;
}

const UsedParameters::Entry* FileLowering::whole_parameter(YamlIndex index) const {
  if (!parameters || !tree[index].is_scalar()) return nullptr;
  std::string_view text = tree.text(index);
  if (!text.starts_with("${") || !text.ends_with("}")) return nullptr;
  text.remove_prefix(2);
  text.remove_suffix(1);
  return parameters->find(text);
}

Value FileLowering::with_parameters(const Value& value, std::uint32_t place) const {
  if (value.is_text()) return text_with_parameters(value.as_text(), place);
  if (value.is_list()) {
    std::vector<Value> items;
    for (const Value& item : value.as_list()) items.push_back(with_parameters(item, place));
    return Value::list(std::move(items));
  }
  if (value.is_dict()) {
    Dict dict;
    for (const DictEntry& entry : value.as_entries())
      dict.set(entry.key, with_parameters(entry.value, place));
    return Value(std::move(dict));
  }
  return value;
}

Value FileLowering::text_with_parameters(std::string_view text, std::uint32_t place) const {
  std::string out;
  std::size_t done = 0;
  while (true) {
    const std::size_t open = text.find("${", done);
    if (open == std::string_view::npos) break;
    if (open > 0 && text[open - 1] == '$') {  // $${ is a literal ${
      out.append(text.substr(done, open - 1 - done)).append("${");
      done = open + 2;
      continue;
    }
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string name(text.substr(open + 2, close - open - 2));
    const UsedParameters::Entry* entry = parameters->find(name);
    if (!entry) {
      std::vector<std::string> names;
      for (const UsedParameters::Entry& known : parameters->entries) names.push_back(known.name);
      report({place, "bad_parameter", "the file declares no parameter '" + name + "'",
              spelling_advice(name, names, "its parameters are")});
      return Value(text);
    }
    if (entry->value.is_unset()) {
      report({place, "bad_parameter",
              "'" + name + "' comes from a wire here, and can only be the whole value of a port",
              "give it a value where the file is used, or let a node put the text together"});
      return Value(text);
    }
    if (open == 0 && close + 1 == text.size()) return entry->value;
    out.append(text.substr(done, open - done)).append(inserted_text(entry->value));
    done = close + 1;
  }
  return Value(out.append(text.substr(done)));
}

}  // namespace vnode
