#include "store/run_id.h"

#include <algorithm>

namespace vnode {
namespace {

constexpr std::size_t kDayDigits = 6;
constexpr std::size_t kLeastNumberDigits = 5;
constexpr std::size_t kMostNumberDigits = 13;  ///< of 64 bits
constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";

/// "261121" for 2026-11-21.
std::string day_text(WallTime time) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  const unsigned parts[] = {static_cast<unsigned>(static_cast<int>(date.year()) % 100),
                            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())};
  std::string text;
  for (const unsigned part : parts) {
    text += static_cast<char>('0' + part / 10 % 10);
    text += static_cast<char>('0' + part % 10);
  }
  return text;
}

std::string number_text(std::int64_t number) {
  std::string digits;
  for (auto rest = static_cast<std::uint64_t>(number); rest != 0; rest /= kDigits.size()) {
    digits += kDigits[rest % kDigits.size()];
  }
  if (digits.size() < kLeastNumberDigits) digits.append(kLeastNumberDigits - digits.size(), '0');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

std::string run_id(std::int64_t number, WallTime submitted, std::string_view day_not_before) {
  const std::string today = day_text(submitted);
  const std::string_view day = std::max(std::string_view(today), day_not_before.substr(0, kDayDigits));
  return std::string(day) + "-" + number_text(number);
}

std::optional<std::int64_t> run_number(std::string_view id) {
  if (!looks_like_run_id(id) || id.size() < kDayDigits + 1 + kLeastNumberDigits) return std::nullopt;
  std::uint64_t number = 0;
  for (const char digit : id.substr(kDayDigits + 1)) {
    if (number > (std::uint64_t{1} << 58)) return std::nullopt;
    number = number * kDigits.size() + kDigits.find(digit);
  }
  return static_cast<std::int64_t>(number);
}

bool looks_like_run_id(std::string_view text) {
  if (text.empty() || text.size() > kDayDigits + 1 + kMostNumberDigits) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool fits = i < kDayDigits    ? text[i] >= '0' && text[i] <= '9'
                      : i == kDayDigits ? text[i] == '-'
                                        : kDigits.find(text[i]) != std::string_view::npos;
    if (!fits) return false;
  }
  return true;
}

std::string group_id(std::int64_t number, std::string_view run_id) {
  return "g" + std::string(run_id.substr(0, kDayDigits)) + "-" + number_text(number);
}

bool looks_like_group_id(std::string_view text) {
  return text.starts_with('g') && (text.size() == 1 || looks_like_run_id(text.substr(1)));
}

}  // namespace vnode
