#include "store/event_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "store/event_line.h"

namespace vnode {
namespace {

constexpr std::size_t kInspectedBlock = std::size_t{256} << 10;

/// Follows the lines of a file from its start, to where they are no events any more.
class Inspection {
 public:
  /// False when the end of what is valid has been found.
  bool take(std::string_view block) {
    while (!block.empty()) {
      const std::size_t newline = block.find('\n');
      const std::string_view part = block.substr(0, newline);
      if (!can_be_event(part)) return false;
      if (newline == std::string_view::npos) {
        line_ += part;
        return true;
      }
      if (line_.empty()) {
        if (!accept(part)) return false;
      } else {
        line_ += part;
        if (!accept(line_)) return false;
        line_.clear();
      }
      block.remove_prefix(newline + 1);
    }
    return true;
  }
  EventFileEnd end() && { return std::move(end_); }

 private:
  /// Ends the reading of zeros and junk at once, so that they are not gathered as one endless line.
  bool can_be_event(std::string_view part) const {
    if (line_.size() + part.size() > kMaxEventLine) return false;
    if (line_.empty() && !part.starts_with('{')) return false;
    return std::none_of(part.begin(), part.end(), [](unsigned char byte) { return byte < 0x20; });
  }

  bool accept(std::string_view line) {
    const std::optional<EventHead> head = parse_event_line(line);
    // A writer leaves neither holes nor doubles: what does not go on is of another time or place.
    if (!head || head->from != end_.last_seq + 1) return false;
    end_.last_seq = head->seq;
    end_.size += line.size() + 1;
    end_.finished.reset();
    if (head->type == "execution_finished") end_.finished = line;
    return true;
  }

  EventFileEnd end_;
  std::string line_;  ///< the start of a line that goes on in the next block
};

}  // namespace

Result<EventFileEnd> inspect_event_file(const std::string& path) {
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return EventFileEnd{};
  Inspection inspection;
  std::vector<char> block(kInspectedBlock);
  while (true) {
    const ssize_t bytes = file ? ::read(file.get(), block.data(), block.size()) : -1;
    if (bytes < 0 && file && errno == EINTR) continue;
    if (bytes < 0) {
      return Error{
          ErrorCode::kIo, "the events cannot be read: " + std::generic_category().message(errno), {path}};
    }
    if (bytes == 0 || !inspection.take({block.data(), static_cast<std::size_t>(bytes)})) break;
  }
  return std::move(inspection).end();
}

}  // namespace vnode
