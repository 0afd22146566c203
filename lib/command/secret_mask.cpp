#include "command/secret_mask.h"

#include <algorithm>

namespace vnode {

bool SecretMask::add(std::string_view secret) {
  if (secret.size() < kShortest) return false;
  const std::lock_guard lock(mutex_);
  const auto keep = [this](std::string_view part) {
    if (part.size() < kShortest || std::find(secrets_.begin(), secrets_.end(), part) != secrets_.end())
      return;
    secrets_.emplace_back(part);
  };
  keep(secret);
  for (std::size_t begin = 0; begin <= secret.size();) {
    const std::size_t end = std::min(secret.find('\n', begin), secret.size());
    keep(secret.substr(begin, end - begin));
    begin = end + 1;
  }
  std::stable_sort(secrets_.begin(), secrets_.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  is_empty_ = false;
  return true;
}

std::string SecretMask::apply(std::string text) const {
  if (is_empty_) return text;
  const std::lock_guard lock(mutex_);
  for (const std::string& secret : secrets_) {
    for (std::size_t at = 0; (at = text.find(secret, at)) != text.npos; at += kMask.size()) {
      text.replace(at, secret.size(), kMask);
    }
  }
  return text;
}

}  // namespace vnode
