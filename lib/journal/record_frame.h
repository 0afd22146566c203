#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vnode {

// How records stand in a journal's file: format.md, "Records".

inline constexpr std::string_view kJournalMagic = "vnodejnl";
inline constexpr std::uint32_t kJournalVersion = 1;
/// What the file begins with: magic, version, checksum.
inline constexpr std::size_t kPreambleSize = 16;
/// Before each payload: its length, and the checksum of that.
inline constexpr std::size_t kFrameSize = 8;
/// Behind each payload: its checksum.
inline constexpr std::size_t kTrailerSize = 4;
/// Of a payload.
inline constexpr std::uint32_t kMaxRecord = 0x7FFFFFFF;

std::string journal_preamble();

/// What `bytes` (kPreambleSize of them) say.
enum class Preamble { kOurs, kOtherVersion, kForeign };
Preamble read_preamble(std::string_view bytes);

/// The length and its checksum, of a record that begins at that place of the file. So bytes that were copied
/// from elsewhere are no record.
std::array<char, kFrameSize> record_frame(std::uint64_t place, std::string_view payload);
std::array<char, kTrailerSize> record_trailer(std::uint64_t place, std::string_view payload);

/// The length of the payload of a record that begins at `place`; nullopt: none begins there. `bytes`: the
/// first kFrameSize of it.
std::optional<std::uint32_t> read_frame(std::uint64_t place, std::string_view bytes);
/// `trailer`: the kTrailerSize bytes behind the payload.
bool is_whole(std::uint64_t place, std::string_view payload, std::string_view trailer);

}  // namespace vnode
