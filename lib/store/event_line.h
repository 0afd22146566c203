#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

/// Lines of event files (events.md): what the store needs to know of them.
namespace vnode {

/// No event is longer: where no line ends within this, there is no event.
inline constexpr std::size_t kMaxEventLine = std::size_t{64} << 20;

struct EventHead {
  std::string type;
  std::uint64_t seq = 0;
  std::uint64_t from = 0;  ///< the first event it stands for: `seq`, but for a stream_gap
};

/// The `seq` of a line that begins as vnode writes them; the start of a line is enough.
std::optional<std::uint64_t> parse_event_seq(std::string_view line);

/// What the whole line, without its newline, says. None when it is no event.
std::optional<EventHead> parse_event_line(std::string_view line);

/// The events in a line that may be damaged: a newline before it was lost, or pages of it (zero bytes stand
/// there). One of a line that is whole.
void find_events(std::string_view line,
                 const std::function<void(std::string_view event, const EventHead& head)>& take);

/// The line, with its newline, that stands for the events from `from` to `to`.
std::string stream_gap_line(const std::string& run_id, std::uint64_t from, std::uint64_t to, WallTime time);

}  // namespace vnode
