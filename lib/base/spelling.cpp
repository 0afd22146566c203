#include "base/spelling.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace vnode {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return lower;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the classic table: row[j] is the distance of the part of `a` seen so far to the first j
  // bytes of `b`; the rows of one and two bytes less are before it.
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = last[j] + (a[i] == b[j] ? 0 : 1);
      row[j + 1] = std::min({substituted, last[j + 1] + 1, row[j] + 1});
      const bool is_swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (is_swapped) row[j + 1] = std::min(row[j + 1], before_last[j - 1] + 1);
    }
  }
  return row[b.size()];
}

std::string nearest_word(std::string_view word, std::span<const std::string> candidates) {
  const std::string wanted = lower_case(word);
  // A third of the letters may be wrong (of two letters one); more, and a suggestion would be a guess.
  std::size_t best = std::max<std::size_t>(wanted.size() / 3, wanted.size() / 2 == 1 ? 1 : 0) + 1;
  std::string nearest;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(wanted.size(), candidate.size());
    if (longer - std::min(wanted.size(), candidate.size()) >= best) continue;  // at least that far apart
    const std::size_t distance = edit_distance(wanted, lower_case(candidate));
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string did_you_mean(std::string_view nearest) {
  return nearest.empty() ? std::string() : "did you mean '" + std::string(nearest) + "'?";
}

std::string spelling_hint(std::string_view word, std::span<const std::string> candidates) {
  return did_you_mean(nearest_word(word, candidates));
}

std::string spelling_advice(std::string_view word, std::span<const std::string> candidates,
                            std::string_view what, std::size_t most) {
  std::string advice = spelling_hint(word, candidates);
  if (!advice.empty() || candidates.empty()) return advice;
  for (std::size_t i = 0; i < std::min(candidates.size(), most); ++i) {
    advice += (i == 0 ? std::string(what) + " '" : ", '") + candidates[i] + "'";
  }
  return candidates.size() > most ? advice + " and " + std::to_string(candidates.size() - most) + " more"
                                  : advice;
}

std::string with_hint(std::string message, std::string_view hint) {
  if (!hint.empty()) message.append("; ").append(hint);
  return message;
}

}  // namespace vnode
