#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/unicode.h"
#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/conversions.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

std::string text_or_empty(const Value& value) { return value.is_none() ? std::string() : to_text(value); }

/// The pieces between runs of whitespace; no empty ones.
std::vector<Value> split_words(std::string_view text) {
  std::vector<Value> words;
  std::size_t word_start = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t character_start = at;
    if (!is_space(next_code_point(text, at))) continue;
    if (character_start > word_start)
      words.emplace_back(text.substr(word_start, character_start - word_start));
    word_start = at;
  }
  if (word_start < text.size()) words.emplace_back(text.substr(word_start));
  return words;
}

/// The pieces between the separators, empty ones included. The separator is not empty.
std::vector<Value> split_at(std::string_view text, std::string_view separator) {
  std::vector<Value> pieces;
  std::size_t start = 0;
  for (std::size_t end; (end = text.find(separator, start)) != text.npos; start = end + separator.size()) {
    pieces.emplace_back(text.substr(start, end - start));
  }
  pieces.emplace_back(text.substr(start));
  return pieces;
}

std::string insert_everywhere(std::string_view text, std::string_view inserted) {
  std::string out(inserted);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    next_code_point(text, at);
    out.append(text.substr(start, at - start)).append(inserted);
  }
  return out;
}

std::string replace_all(std::string_view text, std::string_view old_text, std::string_view new_text) {
  if (old_text.empty()) return insert_everywhere(text, new_text);
  std::string out;
  std::size_t start = 0;
  for (std::size_t found; (found = text.find(old_text, start)) != text.npos;
       start = found + old_text.size()) {
    out.append(text.substr(start, found - start)).append(new_text);
  }
  return out.append(text.substr(start));
}

Outputs split(NodeCall& call) {
  const Value text = text_value(call.input("text"));
  const Value& separator = call.input("separator");
  if (!truthy(separator)) return {{"items", Value::list(split_words(text.as_text()))}};
  if (!separator.is_text()) {
    call.log_warning("Cannot split: the separator is of type " + std::string(type_name(separator)) +
                     ", not a text");
    return {{"items", Value::empty_list()}};
  }
  return {{"items", Value::list(split_at(text.as_text(), separator.as_text()))}};
}

Outputs replace(NodeCall& call) {
  const Value text = text_value(call.input("text"));
  const Value old_text = text_value(call.input("old"));
  const Value new_text = text_value(call.input("new"));
  return {{"result", replace_all(text.as_text(), old_text.as_text(), new_text.as_text())}};
}

std::string join(std::span<const Value> items, std::string_view separator) {
  std::string joined;
  bool first = true;
  for (const Value& item : items) {
    if (!first) joined += separator;
    first = false;
    if (item.is_text()) {
      joined += item.as_text();
    } else {
      joined += text_or_empty(item);
    }
  }
  return joined;
}

Outputs concat(NodeCall& call) {
  const std::string separator = to_text(call.input("separator"));
  const Value& list = call.input("str_list");
  const Value combined =
      list.is_list() && !list.as_list().empty()
          ? join(list.as_list(), separator)
          : text_or_empty(call.input("str1")) + separator + text_or_empty(call.input("str2"));
  call.log_info("Combined: " + brief(combined));
  return {{"combined", combined}};
}

Outputs change_case(NodeCall& call, Result<std::string> (*convert)(std::string_view)) {
  const Value text = text_value(call.input("text"));
  Result<std::string> result = convert(text.as_text());
  if (!result) throw NodeFailure(result.error().message, std::string(code_name(result.error().code)));
  return {{"result", *result}};
}

void add_joining_nodes(NodeLibrary& library) {
  library.add({.definition = {.node_id = "string_concat",
                              .name = "String Concat",
                              .category = "String",
                              .description = "Joins two texts, or all items of a list, with a separator.",
                              .inputs = {{"str1", "string", "", "text"},
                                         {"str2", "string", "", "text"},
                                         {"str_list", "list"},
                                         {"separator", "string", "", "text"}},
                              .outputs = {{"combined", "string"}}},
               .compute = concat});

  library.add({.definition = {.node_id = "string_split",
                              .name = "Split",
                              .category = "String",
                              .description = "Splits a text at a separator, or at whitespace without one.",
                              .inputs = {{"text", "string"}, {"separator", "string", "", "text"}},
                              .outputs = {{"items", "list"}}},
               .compute = split});

  library.add({.definition = {.node_id = "string_replace",
                              .name = "Replace",
                              .category = "String",
                              .description = "Replaces every occurrence of a text by another.",
                              .inputs = {{"text", "string"}, {"old", "string"}, {"new", "string"}},
                              .outputs = {{"result", "string"}}},
               .compute = replace});
}

}  // namespace

void add_text_nodes(NodeLibrary& library) {
  add_joining_nodes(library);

  library.add({.definition = {.node_id = "string_length",
                              .name = "String Length",
                              .category = "String",
                              .description = "The number of characters of a text.",
                              .inputs = {{"text", "string"}},
                              .outputs = {{"length", "int"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return {{"length", count_code_points(text_value(call.input("text")).as_text())}};
               }});

  library.add({.definition = {.node_id = "string_lowercase",
                              .name = "Lowercase",
                              .category = "String",
                              .description = "A text in lower case.",
                              .inputs = {{"text", "string"}},
                              .outputs = {{"result", "string"}}},
               .compute = [](NodeCall& call) -> Outputs { return change_case(call, to_lower); }});

  library.add({.definition = {.node_id = "string_uppercase",
                              .name = "Uppercase",
                              .category = "String",
                              .description = "A text in upper case.",
                              .inputs = {{"text", "string"}},
                              .outputs = {{"result", "string"}}},
               .compute = [](NodeCall& call) -> Outputs { return change_case(call, to_upper); }});
}

}  // namespace vnode
