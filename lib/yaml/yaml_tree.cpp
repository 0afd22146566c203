#include "yaml/yaml_tree.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <limits>
#include <streambuf>
#include <unordered_set>

#include "base/text.h"
#include "yaml/yaml_fault.h"

// Why not yaml-cpp's documents: they take duplicate keys, and four times as long (people.md, Y2).

namespace vnode {
namespace {

/// The text as a stream, without a copy of it.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

/// The characters that YAML does not have: yaml-cpp would take U+0004 for the end of the text.
std::optional<YamlFault> find_bad_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c >= 0x20 && c != 0x7F) || c == '\t' || c == '\n' || c == '\r') continue;
    constexpr char kDigits[] = "0123456789ABCDEF";
    const std::string code = {kDigits[c >> 4], kDigits[c & 15]};
    return YamlFault{i, "bad_character",
                     c == 0 ? "a NUL cannot stand in a YAML file"
                            : "the control character U+00" + code + " cannot stand in a YAML file",
                     "in a text in double quotes write \\x" + code};
  }
  return std::nullopt;
}

std::optional<YamlNode::Tag> parse_tag(std::string_view tag) {
  constexpr std::string_view kCore = "tag:yaml.org,2002:";
  if (tag.empty() || tag == "?" || tag == "!") return YamlNode::Tag::kNone;
  if (!tag.starts_with(kCore)) return std::nullopt;
  tag.remove_prefix(kCore.size());
  if (tag == "str") return YamlNode::Tag::kText;
  if (tag == "int") return YamlNode::Tag::kInt;
  if (tag == "float") return YamlNode::Tag::kFloat;
  if (tag == "bool") return YamlNode::Tag::kBool;
  if (tag == "null") return YamlNode::Tag::kNull;
  if (tag == "map" || tag == "seq") return YamlNode::Tag::kNone;
  return std::nullopt;
}

}  // namespace

/// Builds the tree from yaml-cpp's events, which know of no errors but exceptions: a fault is thrown through
/// the parser, and caught in `parse`.
class YamlTreeBuilder final : public YAML::EventHandler {
 public:
  YamlTreeBuilder(std::string_view text, YamlTree& tree)
      : text_(text),
        tree_(tree),
        most_size_(std::max<std::size_t>(text.size(), 64) * YamlTree::kMostExpansion) {}

  bool has_document() const { return has_document_; }

  /// yaml-cpp lets a text end with the file that nobody has closed: only the last one can.
  void check_last_quotes() const {
    if (last_quoted_ >= text_.size()) return;
    const char quote = text_[last_quoted_];
    if (quote != '"' && quote != '\'') return;
    for (std::size_t i = last_quoted_ + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        return;
      }
    }
    throw YamlFault{last_quoted_, "bad_yaml", "this text is not closed",
                    std::string("write ") + quote + " at its end"};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (has_document_) {
      throw YamlFault{place(mark), "several_documents", "a second document begins here",
                      "a workflow is one document: take this away, with the '---' before it"};
    }
    has_document_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t at = place(mark);
    const YamlIndex index = add(at, anchor, {.kind = YamlNode::Kind::kNull}, null_text(at));
    last_null_ = index;
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t at = place(mark);
    forget_null(at);
    const YamlIndex target = anchor < anchors_.size() ? anchors_[anchor] : kNoYaml;
    if (target == kNoYaml) throw YamlFault{at, "bad_alias", "an alias of something that is not there", ""};
    if (std::any_of(open_.begin(), open_.end(), [target](const Open& open) { return open.index == target; }))
      throw YamlFault{at, "bad_alias", "this alias is inside of what it stands for: it would never end", ""};
    count(at, sizes_[target]);
    append(target, at);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const std::size_t at = place(mark);
    forget_null(at);
    YamlNode node{.kind = tag == "!" ? YamlNode::Kind::kQuoted : YamlNode::Kind::kPlain};
    node.tag = known_tag(at, tag);
    if (node.kind == YamlNode::Kind::kQuoted) last_quoted_ = at;
    add(at, anchor, node, value);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    start(mark, tag, anchor, style, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    start(mark, tag, anchor, style, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override {
    check_keys();
    end();
  }

 private:
  /// A list or map that is being read.
  struct Open {
    YamlIndex index;
    std::size_t first;  ///< of its items, in `pending_`
    bool is_flow;
    std::size_t size_before;
    bool is_key;
  };

  static std::size_t place(const YAML::Mark& mark) {
    return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
  }

  /// What a null was written as. Of one that was left out the place is that of what comes next.
  std::string_view null_text(std::size_t at) const {
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (text_.substr(std::min(at, text_.size())).starts_with(word)) return word;
    }
    return {};
  }

  /// Something else begins where the last null seemed to: that was left out.
  void forget_null(std::size_t at) {
    if (last_null_ != kNoYaml && tree_.nodes_[last_null_].at == at) tree_.nodes_[last_null_].size = 0;
    last_null_ = kNoYaml;
  }

  YamlNode::Tag known_tag(std::size_t at, const std::string& tag) const {
    if (const auto known = parse_tag(tag)) return *known;
    throw YamlFault{at, "bad_tag", "the tag '" + tag + "' means nothing here",
                    "a text needs no tag but quotes; there are !!str, !!int, !!float, !!bool and !!null"};
  }

  YamlIndex add(std::size_t at, YAML::anchor_t anchor, YamlNode node, std::string_view text) {
    forget_null(at);
    node.at = static_cast<std::uint32_t>(at);
    node.begin = static_cast<std::uint32_t>(tree_.texts_.size());
    node.size = static_cast<std::uint32_t>(text.size());
    tree_.texts_ += text;
    const YamlIndex index = add_node(node, anchor);
    count(at, text.size() + 1);
    sizes_[index] = text.size() + 1;
    append(index, at);
    return index;
  }

  YamlIndex add_node(const YamlNode& node, YAML::anchor_t anchor) {
    const auto index = static_cast<YamlIndex>(tree_.nodes_.size());
    tree_.nodes_.push_back(node);
    sizes_.push_back(0);
    if (anchor != 0) {
      if (anchors_.size() <= anchor) anchors_.resize(anchor + 1, kNoYaml);
      anchors_[anchor] = index;
    }
    return index;
  }

  void count(std::size_t at, std::size_t size) {
    total_ += size;
    if (total_ <= most_size_) return;
    throw YamlFault{at, "too_large",
                    "its aliases make the document more than " + std::to_string(YamlTree::kMostExpansion) +
                        " times as large as the file",
                    ""};
  }

  /// What comes next is a key of the map that is open.
  bool is_next_key() const {
    if (open_.empty() || !tree_.nodes_[open_.back().index].is_map()) return false;
    return (pending_.size() - open_.back().first) % 2 == 0;
  }

  void append(YamlIndex index, std::size_t at) {
    if (open_.empty()) {
      tree_.root_ = index;
      return;
    }
    const bool is_key = is_next_key();
    const bool is_map = tree_.nodes_[open_.back().index].is_map();
    if (!open_.back().is_flow && (is_key || !is_map)) check_indentation(at);
    if (is_key) check_key(index, at);
    pending_.push_back(index);
  }

  /// yaml-cpp takes some of the tabs that YAML does not allow.
  void check_indentation(std::size_t at) const {
    std::size_t start = std::min(at, text_.size());
    while (start > 0 && (text_[start - 1] == ' ' || text_[start - 1] == '\t')) --start;
    if (start > 0 && text_[start - 1] != '\n') return;  // something stands before it
    const std::size_t tab = text_.substr(start, at - start).find('\t');
    if (tab != std::string_view::npos) throw tab_fault(start + tab);
  }

  void check_key(YamlIndex index, std::size_t at) const {
    const YamlNode& key = tree_.nodes_[index];
    if (key.kind == YamlNode::Kind::kPlain && tree_.text(index) == "<<") {
      throw YamlFault{at, "merge_key", "'<<' would be a merge, which YAML 1.2 does not have any more",
                      "write out what is to be there, or quote the key"};
    }
    if (!key.is_scalar()) throw key_fault(at);
  }

  static YamlFault key_fault(std::size_t at) {
    return {at, "bad_yaml", "a key must be a text, not a list or a map",
            "quote a text that begins with a bracket"};
  }

  void check_keys() const {
    constexpr std::size_t kFew = 12;
    const std::size_t first = open_.back().first;
    const std::size_t count = pending_.size();
    if (count - first <= 2 * kFew) {
      for (std::size_t i = first + 2; i < count; i += 2) {
        for (std::size_t k = first; k < i; k += 2) {
          if (tree_.text(pending_[k]) == tree_.text(pending_[i])) throw duplicate(pending_[i]);
        }
      }
      return;
    }
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = first; i < count; i += 2) {
      if (!seen.insert(tree_.text(pending_[i])).second) throw duplicate(pending_[i]);
    }
  }

  YamlFault duplicate(YamlIndex key) const {
    constexpr std::size_t kShown = 60;
    const std::string_view text = tree_.text(key);
    return {tree_.nodes_[key].at, "duplicate_key",
            "the key '" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "..." : "") +
                "' is there twice",
            "take one of the two away, or give it another name"};
  }

  void start(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             YAML::EmitterStyle::value style, YamlNode::Kind kind) {
    const std::size_t at = place(mark);
    forget_null(at);
    known_tag(at, tag);
    if (open_.size() == YamlTree::kMostDepth) throw depth_fault(at);
    const YamlIndex index = add_node({.kind = kind, .at = static_cast<std::uint32_t>(at)}, anchor);
    // Told of at its end: yaml-cpp also takes a bracket for a key that is never closed.
    const bool is_key = is_next_key();
    const bool is_flow = style == YAML::EmitterStyle::Flow || (!open_.empty() && open_.back().is_flow);
    if (!is_key) append(index, at);
    open_.push_back({index, pending_.size(), is_flow, total_, is_key});
    count(at, 2);
  }

  void end() {
    const Open open = open_.back();
    if (open.is_key) throw key_fault(tree_.nodes_[open.index].at);
    open_.pop_back();
    YamlNode& node = tree_.nodes_[open.index];
    node.begin = static_cast<std::uint32_t>(tree_.items_.size());
    node.size = static_cast<std::uint32_t>(pending_.size() - open.first);
    tree_.items_.insert(tree_.items_.end(), pending_.begin() + static_cast<std::ptrdiff_t>(open.first),
                        pending_.end());
    pending_.resize(open.first);
    sizes_[open.index] = total_ - open.size_before;
  }

  std::string_view text_;
  YamlTree& tree_;
  std::size_t most_size_;
  std::size_t total_ = 0;           ///< of the document with its aliases
  std::vector<std::size_t> sizes_;  ///< the same of each node
  std::vector<YamlIndex> anchors_;
  std::vector<Open> open_;
  std::vector<YamlIndex> pending_;  ///< the items of all that is open
  YamlIndex last_null_ = kNoYaml;
  std::size_t last_quoted_ = std::string_view::npos;
  bool has_document_ = false;
};

YamlIndex YamlTree::find(YamlIndex map, std::string_view key) const {
  const std::span<const YamlIndex> entries = items(map);
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    if (text(entries[i]) == key) return entries[i + 1];
  }
  return kNoYaml;
}

std::optional<YamlTree> YamlTree::parse(const YamlSource& source, Problems& problems) {
  const std::string& text = source.text();
  const auto refuse = [&](const YamlFault& fault) {
    problems.push_back(fault.problem(source));
    return std::nullopt;
  };
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return refuse({0, "too_large", "the file is larger than 2 GiB", ""});
  if (const auto fault = find_bad_character(text)) return refuse(*fault);
  YamlTree tree;
  try {
    TextBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    YamlTreeBuilder builder(text, tree);
    while (parser.HandleNextDocument(builder)) {
    }
    builder.check_last_quotes();
    if (builder.has_document() && tree.root_ != kNoYaml) return tree;
    return refuse({0, "empty_document", "the file is empty", "an empty workflow is {}"});
  } catch (const YamlFault& fault) {
    return refuse(fault);
  } catch (const YAML::DeepRecursion& error) {
    return refuse(depth_fault(error.mark.is_null() ? 0 : static_cast<std::size_t>(error.mark.pos)));
  } catch (const YAML::Exception& error) {
    return refuse(
        explain(source, error.mark.is_null() ? 0 : static_cast<std::size_t>(error.mark.pos), error.msg));
  }
}

}  // namespace vnode
