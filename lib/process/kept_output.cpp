#include "process/kept_output.h"

#include <algorithm>

namespace vnode {
namespace {

bool is_inside_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::string_view without_begun_character(std::string_view text) {
  std::size_t end = text.size();
  for (int i = 0; i < 3 && end > 0 && is_inside_character(text[end - 1]); ++i) --end;
  // The first byte says how long it should have been.
  if (end == 0 || static_cast<unsigned char>(text[end - 1]) < 0xC0) return text;
  const auto lead = static_cast<unsigned char>(text[end - 1]);
  const std::size_t wanted = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return text.size() - (end - 1) < wanted ? text.substr(0, end - 1) : text;
}

std::string_view without_ended_character(std::string_view text) {
  for (int i = 0; i < 3 && !text.empty() && is_inside_character(text.front()); ++i) text.remove_prefix(1);
  return text;
}

}  // namespace

void KeptOutput::add(std::string_view bytes) {
  size_ += bytes.size();
  const std::size_t for_head = std::min(bytes.size(), head_limit_ - head_.size());
  head_.append(bytes.substr(0, for_head));
  bytes.remove_prefix(for_head);
  if (bytes.size() > tail_limit_) bytes.remove_prefix(bytes.size() - tail_limit_);
  const std::size_t size = tail_.size() + bytes.size();
  if (size > 2 * tail_limit_) tail_.erase(0, size - tail_limit_);
  tail_.append(bytes);
}

std::string_view KeptOutput::tail() const {
  const std::string_view tail = tail_;
  return tail.size() > tail_limit_ ? tail.substr(tail.size() - tail_limit_) : tail;
}

std::string KeptOutput::text() const {
  if (left_out() == 0) return head_ + std::string(tail());
  const std::string_view head = without_begun_character(head_), end = without_ended_character(tail());
  std::string text(head);
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  text += "[... " + std::to_string(size_ - head.size() - end.size()) + " bytes left out ...]\n";
  return text.append(end);
}

std::string KeptOutput::last(std::size_t most) const {
  std::string all(head_.substr(left_out() == 0 ? 0 : head_.size()));
  all.append(tail());
  while (all.ends_with('\n')) all.pop_back();
  if (all.size() <= most) return all;
  std::string_view end = std::string_view(all).substr(all.size() - most);
  const std::size_t newline = end.find('\n');
  if (newline != end.npos && newline + 1 < end.size()) end.remove_prefix(newline + 1);
  return std::string(without_ended_character(end));
}

}  // namespace vnode
