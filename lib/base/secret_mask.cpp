#include "base/secret_mask.h"

#include <algorithm>

#include "base/secret_forms.h"
#include "base/text.h"

namespace vnode {
namespace {

/// What a text that was cut off ends with, and how much of a secret may be in front of it.
constexpr std::string_view kCutOff = "...";
constexpr std::size_t kLeastOfCutOff = 4;

bool may_be_a_number(std::string_view text) { return text.find_first_not_of("0123456789.eE+-") == text.npos; }

}  // namespace

void set_secret(Secrets& secrets, std::string_view name, std::string_view value) {
  for (auto& [known, old] : secrets) {
    if (known != name) continue;
    old = value;
    return;
  }
  secrets.emplace_back(name, value);
}

bool is_secret_name(std::string_view name) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  if (name.empty() || is_digit(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_digit(c) || kLetters.find(c) != kLetters.npos; });
}

Result<void> check_secret(std::string_view name, std::string_view value) {
  const auto bad = [&name](std::string_view why) {
    return Error{ErrorCode::kInvalidValue,
                 "the secret '" + replace_invalid_utf8(name) + "' " + std::string(why)};
  };
  if (!is_secret_name(name)) {
    return bad("must be called as variables are: letters, digits and _, and no digit in front");
  }
  if (value.find('\0') != value.npos) return bad("has a NUL in it, which no process can be given");
  if (find_invalid_utf8(value) != value.npos) return bad("is no text in UTF-8");
  if (value.size() > SecretMask::kLongest) return bad("is longer than 64 KiB");
  if (without_outer_spaces(value).size() < SecretMask::kShortest) {
    return bad("has fewer than 6 characters: wherever these occur, *** would be shown instead");
  }
  return {};
}

SecretMask::SecretMask(const Secrets& secrets) {
  for (const auto& [name, value] : secrets) add(value);
}

bool SecretMask::add(std::string_view secret) {
  if (without_outer_spaces(secret).size() < kShortest || secret.size() > kLongest) return false;
  const std::lock_guard lock(mutex_);
  if (std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) return true;
  secrets_.emplace_back(secret);
  std::vector<std::string> forms;
  for (const std::string& one : secrets_) {
    std::vector<std::string> more = secret_forms(one, kShortest);
    forms.insert(forms.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  matcher_ = std::make_shared<const SecretMatcher>(forms);
  if (std::any_of(forms.begin(), forms.end(), may_be_a_number)) may_be_in_numbers_ = true;
  generation_.fetch_add(1, std::memory_order_release);
  return true;
}

std::shared_ptr<const SecretMatcher> SecretMask::matcher() const {
  const std::lock_guard lock(mutex_);
  return matcher_;
}

bool SecretMask::is_in(std::string_view text) const {
  if (is_empty()) return false;
  const std::shared_ptr<const SecretMatcher> matcher = this->matcher();
  const std::size_t cut = text.ends_with(kCutOff) ? text.size() - kCutOff.size() : text.size();
  SecretMatcher::State state = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at == cut && matcher->begun(state) >= kLeastOfCutOff) return true;
    if (state == 0) at = matcher->next_begin(text, at);
    if (at == text.size()) break;
    state = matcher->step(state, static_cast<unsigned char>(text[at]));
    if (matcher->ended(state) > 0) return true;
  }
  return false;
}

std::string SecretMask::apply(std::string text) const {
  if (!is_in(text)) return text;
  MaskedStream stream(*this);
  const std::size_t cut = text.ends_with(kCutOff) ? text.size() - kCutOff.size() : text.size();
  std::string shown = stream.add(std::string_view(text).substr(0, cut));
  const bool may_be_cut_off = cut < text.size() && stream.begun() >= kLeastOfCutOff;
  std::string rest = stream.add(std::string_view(text).substr(cut));
  rest += stream.finish();
  // (The points may belong to the secret.)
  if (may_be_cut_off && rest.ends_with(kCutOff)) rest = std::string(kMask).append(kCutOff);
  return shown += rest;
}

std::string MaskedStream::add(std::string_view part) {
  if (generation_ != mask_.generation()) look_for_new_secrets();
  if (!matcher_) return std::string(part);
  const std::size_t from = held_.size();
  held_.append(part);
  scan(from);
  return give(held_.size() - std::min(begun(), held_.size()));
}

std::size_t MaskedStream::begun() const { return matcher_ ? matcher_->begun(state_) : 0; }

std::string MaskedStream::finish() {
  state_ = 0;
  return give(held_.size());
}

void MaskedStream::look_for_new_secrets() {
  generation_ = mask_.generation();
  matcher_ = mask_.matcher();
  state_ = 0;
  spans_.clear();
  scan(0);
}

void MaskedStream::scan(std::size_t from) {
  for (std::size_t at = from; at < held_.size(); ++at) {
    if (state_ == 0) at = matcher_->next_begin(held_, at);
    if (at == held_.size()) return;
    state_ = matcher_->step(state_, static_cast<unsigned char>(held_[at]));
    if (const std::size_t size = matcher_->ended(state_)) note_found(size, at + 1);
  }
}

/// Ends come in order, beginnings do not: a longer secret may begin before one that has been found already.
void MaskedStream::note_found(std::size_t size, std::size_t end) {
  if (size > end || end - size < hidden_) {  // begins in one whose mask was given
    hidden_ = end;
    spans_.clear();
    return;
  }
  std::size_t begin = end - size;
  while (!spans_.empty() && spans_.back().end > begin) {
    begin = std::min(begin, spans_.back().begin);
    spans_.pop_back();
  }
  spans_.push_back({begin, end});
}

/// No secret that is still to be found begins before `safe`.
std::string MaskedStream::give(std::size_t safe) {
  std::string shown;
  std::size_t at = std::exchange(hidden_, 0), given = 0;
  for (; given < spans_.size() && spans_[given].begin < safe; ++given) {
    shown.append(held_, at, spans_[given].begin - at).append(SecretMask::kMask);
    at = spans_[given].end;
  }
  if (at < safe) {
    shown.append(held_, at, safe - at);
    at = safe;
  }
  held_.erase(0, at);
  spans_.erase(spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(given));
  for (Span& span : spans_) span = {span.begin - at, span.end - at};
  return shown;
}

}  // namespace vnode
