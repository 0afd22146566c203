#include "base/uuid.h"

#include <random>

#include "base/sha1.h"

namespace vnode {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Where the hyphens stand in the 36-character form.
bool is_hyphen_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  constexpr std::string_view kUrn = "urn:uuid:";
  if (text.starts_with(kUrn)) text.remove_prefix(kUrn.size());
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
  const bool hyphenated = text.size() == kTextSize;
  if (!hyphenated && text.size() != 32) return std::nullopt;
  Uuid id;
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (hyphenated && is_hyphen_place(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    std::uint64_t& half = digits < 16 ? id.high_ : id.low_;
    half = half << 4 | static_cast<std::uint64_t>(digit);
    ++digits;
  }
  return id;
}

Uuid Uuid::random() {
  std::random_device device;
  auto word = [&device] { return std::uint64_t{device()} << 32 | device(); };
  Uuid id;
  id.high_ = (word() & ~std::uint64_t{0xF000}) | 0x4000;
  id.low_ = (word() & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
  return id;
}

Uuid Uuid::named(const Uuid& space, std::string_view name) {
  std::string bytes;
  bytes.reserve(16 + name.size());
  for (const std::uint64_t half : {space.high_, space.low_}) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(half >> shift & 0xFF));
  }
  bytes += name;
  const auto digest = sha1(bytes);
  Uuid id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.high_ = id.high_ << 8 | digest[i];
    id.low_ = id.low_ << 8 | digest[8 + i];
  }
  id.high_ = (id.high_ & ~std::uint64_t{0xF000}) | 0x5000;
  id.low_ = (id.low_ & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
  return id;
}

void Uuid::write(char* out) const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::size_t shift = 64;
  std::uint64_t half = high_;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (is_hyphen_place(i)) {
      out[i] = '-';
      continue;
    }
    if (shift == 0) {
      half = low_;
      shift = 64;
    }
    shift -= 4;
    out[i] = kDigits[half >> shift & 15];
  }
}

std::string Uuid::text() const {
  std::string text(kTextSize, '\0');
  write(text.data());
  return text;
}

std::size_t Uuid::hash() const {
  std::uint64_t mixed = (high_ ^ (low_ * 0x9E3779B97F4A7C15u)) * 0xBF58476D1CE4E5B9u;
  return static_cast<std::size_t>(mixed ^ mixed >> 31);
}

}  // namespace vnode
