#include "apps/vnode/show/result_listing.h"

#include <map>
#include <span>
#include <string_view>

#include "apps/vnode/terminal/terminal_text.h"
#include "base/size_text.h"
#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

/// How many nodes a word stands for, as a name or as a type.
using WordCounts = std::map<std::string, int, std::less<>>;

WordCounts count_words(std::span<const Value> nodes) {
  WordCounts counts;
  for (const Value& node : nodes) {
    const std::string name = text_member(node, "name");
    const std::string type = text_member(node, "node_type");
    if (!name.empty()) ++counts[name];
    if (name != type) ++counts[type];
  }
  return counts;
}

std::string address_of(const Value& node, const WordCounts& counts) {
  for (const std::string_view member : {"name", "node_type"}) {
    const std::string word = text_member(node, member);
    const auto found = counts.find(word);
    if (!word.empty() && found != counts.end() && found->second == 1) return word;
  }
  return text_member(node, "node_id");
}

}  // namespace

std::string result_listing(const Value& results) {
  const std::span<const Value> nodes = list_member(results, "nodes");
  const WordCounts counts = count_words(nodes);
  std::string text;
  for (const Value& node : nodes) {
    const std::string address = address_of(node, counts);
    for (const DictEntry& entry : dict_member(node, "results")) {
      std::string line = address + "." + std::string(entry.key.as_text()) + ": ";
      append_json(line, entry.value);
      text += harmless_line(line) + "\n";
    }
  }
  return text;
}

std::string missing_results_text(const Value& results) {
  std::string text;
  const auto add = [&text](std::size_t count, const char* one, const char* many) {
    if (count == 0) return;
    if (!text.empty()) text += ", and ";
    text += count == 1 ? one : std::to_string(count) + many;
  };
  add(list_member(results, "truncated").size(), "one result is shortened", " results are shortened");
  add(count_member(results, "left_out"), "one node is left out", " nodes are left out");
  if (text.empty()) return text;
  return text + ": the daemon keeps " + size_text(count_member(results, "limit")) +
         " of each run's results (max_result_bytes in vnode.yaml)";
}

}  // namespace vnode
