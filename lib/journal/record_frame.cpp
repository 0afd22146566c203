#include "journal/record_frame.h"

#include "base/crc32c.h"

namespace vnode {
namespace {

template <class Number>
void put(char* out, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) out[i] = static_cast<char>(number >> (8 * i));
}

std::uint32_t get(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return number;
}

/// Of the place and the length.
std::uint32_t length_checksum(std::uint64_t place, std::uint32_t length) {
  std::array<char, 12> bytes;
  put(bytes.data(), place);
  put(bytes.data() + 8, length);
  return crc32c({bytes.data(), bytes.size()});
}

std::uint32_t payload_checksum(std::uint64_t place, std::string_view payload) {
  return crc32c(payload, length_checksum(place, static_cast<std::uint32_t>(payload.size())));
}

}  // namespace

std::string journal_preamble() {
  std::string bytes(kPreambleSize, '\0');
  kJournalMagic.copy(bytes.data(), kJournalMagic.size());
  put(bytes.data() + 8, kJournalVersion);
  put(bytes.data() + 12, crc32c(std::string_view(bytes).substr(0, 12)));
  return bytes;
}

Preamble read_preamble(std::string_view bytes) {
  if (!bytes.starts_with(kJournalMagic) || bytes.size() < kPreambleSize) return Preamble::kForeign;
  if (get(bytes.substr(12)) != crc32c(bytes.substr(0, 12))) return Preamble::kForeign;
  return get(bytes.substr(8)) == kJournalVersion ? Preamble::kOurs : Preamble::kOtherVersion;
}

std::array<char, kFrameSize> record_frame(std::uint64_t place, std::string_view payload) {
  std::array<char, kFrameSize> bytes;
  const auto length = static_cast<std::uint32_t>(payload.size());
  put(bytes.data(), length);
  put(bytes.data() + 4, length_checksum(place, length));
  return bytes;
}

std::array<char, kTrailerSize> record_trailer(std::uint64_t place, std::string_view payload) {
  std::array<char, kTrailerSize> bytes;
  put(bytes.data(), payload_checksum(place, payload));
  return bytes;
}

std::optional<std::uint32_t> read_frame(std::uint64_t place, std::string_view bytes) {
  const std::uint32_t length = get(bytes);
  if (length == 0 || length > kMaxRecord || get(bytes.substr(4)) != length_checksum(place, length))
    return std::nullopt;
  return length;
}

bool is_whole(std::uint64_t place, std::string_view payload, std::string_view trailer) {
  return get(trailer) == payload_checksum(place, payload);
}

}  // namespace vnode
