#include "base/utc_time.h"

#include <charconv>
#include <chrono>
#include <ctime>

namespace vnode {
namespace {

/// `value` with leading zeros, `width` digits.
void write_digits(char* out, int value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

/// The number in `text[at, at + size)`, or -1.
int number_at(std::string_view text, std::size_t at, std::size_t size) {
  int number = 0;
  if (at + size > text.size()) return -1;
  const char* end = text.data() + at + size;
  const auto parsed = std::from_chars(text.data() + at, end, number);
  return parsed.ec == std::errc() && parsed.ptr == end && number >= 0 ? number : -1;
}

}  // namespace

std::int64_t micros(WallTime time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

WallTime wall_time(std::int64_t micros) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::microseconds(micros)));
}

std::string time_text(std::int64_t micros) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(micros)};
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  std::string text(kSecondTextSize + 8, 'Z');
  write_second(text.data(), second);
  text[kSecondTextSize] = '.';
  write_digits(text.data() + kSecondTextSize + 1, static_cast<int>((time - second).count()), 6);
  return text;
}

std::string time_text(WallTime time) { return time_text(micros(time)); }

std::optional<WallTime> parse_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '0' && text[i] != kForm[i]) return std::nullopt;
  }
  std::tm parts{};
  parts.tm_year = number_at(text, 0, 4) - 1900;
  parts.tm_mon = number_at(text, 5, 2) - 1;
  parts.tm_mday = number_at(text, 8, 2);
  parts.tm_hour = number_at(text, 11, 2);
  parts.tm_min = number_at(text, 14, 2);
  parts.tm_sec = number_at(text, 17, 2);
  if (parts.tm_mon < 0 || parts.tm_mday < 1 || parts.tm_hour < 0 || parts.tm_min < 0 || parts.tm_sec < 0)
    return std::nullopt;
  WallTime time = std::chrono::system_clock::from_time_t(::timegm(&parts));
  const std::string_view fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
  if (fraction.empty()) return time;
  if (fraction.size() < 2 || fraction.size() > 7 || fraction.front() != '.') return std::nullopt;
  int digits = number_at(fraction, 1, fraction.size() - 1);
  if (digits < 0) return std::nullopt;
  for (std::size_t i = fraction.size(); i < 7; ++i) digits *= 10;
  return time + std::chrono::microseconds(digits);
}

void write_second(char* out, std::chrono::sys_seconds second) {
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(second - day);
  const int parts[] = {static_cast<int>(static_cast<unsigned>(date.month())),
                       static_cast<int>(static_cast<unsigned>(date.day())),
                       static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                       static_cast<int>(time.seconds().count())};
  write_digits(out, static_cast<int>(date.year()), 4);
  constexpr char kSeparators[] = "--T::";
  for (int i = 0; i < 5; ++i) {
    out[4 + 3 * i] = kSeparators[i];
    write_digits(out + 5 + 3 * i, parts[i], 2);
  }
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace vnode
