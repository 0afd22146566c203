#include "command/text_template.h"

#include <algorithm>

#include "base/secret_mask.h"
#include "base/spelling.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The name of a secret that a text begins with, when it is one up to a brace.
std::string_view secret_at(std::string_view text) {
  if (!text.starts_with(kSecretPrefix)) return {};
  const std::size_t end = text.find('}');
  const std::string_view name = text.substr(0, end);
  return end != text.npos && is_secret_name(name.substr(kSecretPrefix.size())) ? name : std::string_view();
}

bool is_secret(std::string_view name) { return name.starts_with(kSecretPrefix); }

}  // namespace

bool names_secret(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('{', at)) != text.npos; ++at) {
    if (!secret_at(text.substr(at + 1)).empty()) return true;
  }
  return false;
}

bool is_path_type(std::string_view type) { return type == "path" || type == "file" || type == "directory"; }

PlaceholderNames::PlaceholderNames(const std::vector<Port>& inputs) {
  for (const Port& port : inputs) {
    if (port.is_exec() || is_secret(port.name)) continue;
    names_.push_back(port.name);
    if (is_path_type(port.type)) paths_.push_back(port.name);
  }
}

PlaceholderNames::PlaceholderNames(std::vector<std::string> names) : names_(std::move(names)) {
  std::erase_if(names_, is_secret);
}

PlaceholderNames PlaceholderNames::with_secrets() const {
  PlaceholderNames names = *this;
  names.takes_secrets_ = true;
  return names;
}

bool PlaceholderNames::has(std::string_view name) const {
  if (is_secret(name)) return takes_secrets_ && is_secret_name(name.substr(kSecretPrefix.size()));
  return contains(names_, name);
}
bool PlaceholderNames::is_path(std::string_view name) const { return contains(paths_, name); }

std::string PlaceholderNames::complaint(std::string_view name) const {
  if (is_secret(name)) {
    return "{" + std::string(name) +
           (takes_secrets_
                ? "} is no name of a secret: these are called as variables are"
                : "} cannot be given here: others could read the secret; 'environment' and 'stdin' take it");
  }
  const std::string text = "{" + std::string(name) + "} names no data input of this definition";
  const std::string nearest = nearest_word(name, names_);
  if (!nearest.empty()) return text + "; did you mean {" + nearest + "}?";
  return text + "; a brace that is none of a placeholder is written {{";
}

Result<std::string> text_for_program(const Value& value, std::string_view port, bool is_path) {
  if (is_secret(port) && value.is_none()) {
    const std::string name(port.substr(kSecretPrefix.size()));
    return Error{ErrorCode::kInvalidValue,
                 "the run was given no secret '" + name + "' (--secret " + name + ", or --secret-file)"};
  }
  if (value.is_none() || value.is_unset()) {
    return Error{ErrorCode::kInvalidValue,
                 "'" + std::string(port) + "' has no value (it is None), and the command needs one"};
  }
  std::string text = to_text(value);
  if (is_path && text.starts_with('-')) text.insert(0, "./");
  return text;
}

void TextTemplate::add_text(std::string_view text) {
  if (text.empty()) return;
  if (pieces_.empty() || pieces_.back().is_port) pieces_.emplace_back();
  pieces_.back().text += text;
}

Result<TextTemplate> TextTemplate::parse(std::string_view text, const PlaceholderNames& names) {
  TextTemplate read;
  while (!text.empty()) {
    const std::size_t brace = text.find('{');
    read.add_text(text.substr(0, brace));
    if (brace == text.npos) break;
    text.remove_prefix(brace + 1);
    if (text.starts_with('{')) {
      read.add_text("{");
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find('}');
    if (end == text.npos) {
      return Error{ErrorCode::kInvalidValue,
                   "a { without its }; a brace that is none of a placeholder is written {{"};
    }
    const std::string_view name = text.substr(0, end);
    if (!names.has(name)) return Error{ErrorCode::kInvalidValue, names.complaint(name)};
    read.pieces_.push_back({std::string(name), true, names.is_path(name)});
    text.remove_prefix(end + 1);
  }
  return read;
}

TextTemplate TextTemplate::parse_leniently(std::string_view text, const PlaceholderNames& names) {
  TextTemplate read;
  std::size_t from = 0;
  for (std::size_t at = 0; (at = text.find('{', at)) != text.npos;) {
    const std::string_view rest = text.substr(at + 1);
    // The longest of the names: one may begin as another does, up to the brace itself.
    std::string_view found = names.takes_secrets() ? secret_at(rest) : std::string_view();
    for (const std::string& name : names.names()) {
      const bool is_it = rest.size() > name.size() && rest.starts_with(name) && rest[name.size()] == '}';
      if (is_it && found.size() < name.size()) found = name;
    }
    if (found.empty()) {
      ++at;
      continue;
    }
    read.add_text(text.substr(from, at - from));
    read.pieces_.push_back({std::string(found), true, names.is_path(found)});
    at += found.size() + 2;
    from = at;
  }
  read.add_text(text.substr(from));
  return read;
}

TextTemplate TextTemplate::plain(std::string text) {
  TextTemplate read;
  read.add_text(text);
  return read;
}

const std::string* TextTemplate::lone_port() const {
  return pieces_.size() == 1 && pieces_.front().is_port ? &pieces_.front().text : nullptr;
}

bool TextTemplate::has_ports() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) { return piece.is_port; });
}

Result<std::string> TextTemplate::fill(const ValueOf& value_of,
                                       std::string (*escape)(std::string_view)) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    if (!piece.is_port) {
      out += piece.text;
      continue;
    }
    Result<std::string> text = text_for_program(value_of(piece.text), piece.text, piece.is_path);
    if (!text) return text;
    out += escape ? escape(*text) : *text;
  }
  return out;
}

Result<void> TextTemplate::append_words(const ValueOf& value_of, std::vector<std::string>& words) const {
  const std::string* port = lone_port();
  const Value value = port ? value_of(*port) : Value();
  if (!port || !value.is_list()) {
    Result<std::string> word = fill(value_of);
    if (!word) return word.error();
    words.push_back(std::move(*word));
    return {};
  }
  for (const Value& item : value.as_list()) {
    Result<std::string> word = text_for_program(item, *port, pieces_.front().is_path);
    if (!word) {
      return Error{ErrorCode::kInvalidValue,
                   "an item of '" + *port + "' is None, and would be the word None"};
    }
    words.push_back(std::move(*word));
  }
  return {};
}

}  // namespace vnode
