#include "store/event_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include "store/event_line.h"
#include "store/event_order.h"

namespace vnode {
namespace {

constexpr std::size_t kInspectedBlock = std::size_t{256} << 10;

/// Follows the lines of a file from its start.
class Inspection {
 public:
  void take(std::string_view block) {
    while (!block.empty()) {
      const std::size_t newline = block.find('\n');
      const std::string_view part = block.substr(0, newline);
      const bool is_whole = newline != std::string_view::npos;
      at_ += part.size() + (is_whole ? 1 : 0);
      if (is_whole && line_.empty() && !is_junk_) {
        accept(part);
      } else {
        gather(part);
        if (is_whole) end_line();
      }
      block.remove_prefix(part.size() + (is_whole ? 1 : 0));
    }
  }
  /// A hole, in which there is nothing to be read.
  void pass_to(std::uint64_t at) { at_ = at; }
  std::uint64_t at() const { return at_; }
  EventFileEnd end() && {
    order_.settle(count_);
    if (!passed_end_.empty() && !end_.finished) {
      // The run's own end, whose number was altered: it counts more than that.
      end_.last_seq += 1;
      end_.size = passed_end_at_;
      end_.finished = std::move(passed_end_);
    }
    return std::move(end_);
  }

 private:
  /// Zeros and junk are not kept as one endless line. What follows zeros may be a line again.
  void gather(std::string_view part) {
    if (const std::size_t zero = part.rfind('\0'); zero != std::string_view::npos) {
      line_.clear();
      is_junk_ = false;
      part.remove_prefix(zero + 1);
    }
    if (is_junk_ || line_.size() + part.size() > kMaxEventLine) {
      line_.clear();
      is_junk_ = true;
    } else {
      line_ += part;
    }
  }

  void end_line() {
    if (!is_junk_) accept(line_);
    line_.clear();
    is_junk_ = false;
  }

  void accept(std::string_view line) {
    find_events(line, [this](std::string_view event, const EventHead& head) {
      passed_end_.clear();
      if (head.type == "execution_finished" && head.seq <= order_.last_seq()) {
        passed_end_ = event;
        passed_end_at_ = at_;
      }
      order_.take(event, head, at_, count_);
    });
  }

  EventFileEnd end_;
  EventOrder order_;
  const EventOrder::Accept count_ = [this](std::string_view event, const EventHead& head, std::uint64_t at) {
    end_.last_seq = head.seq;
    end_.size = at;
    end_.finished.reset();
    if (head.type == "execution_finished") end_.finished = event;
    if (head.type == "execution_started") end_.started = event;
  };
  std::string passed_end_;  ///< the last event is the run's last, and its number is too small for it
  std::uint64_t passed_end_at_ = 0;
  std::uint64_t at_ = 0;
  std::string line_;      ///< the start of a line that goes on in the next block
  bool is_junk_ = false;  ///< it is too long for an event
};

/// False at the end of the file.
bool inspect_block(int file, std::vector<char>& block, Inspection& inspection, ssize_t bytes) {
  if (bytes == 0) return false;
  const std::string_view text(block.data(), static_cast<std::size_t>(bytes));
  if (text.find_first_not_of('\0') != std::string_view::npos) {
    inspection.take(text);
    return true;
  }
  inspection.take(text);
  const off_t data = ::lseek(file, static_cast<off_t>(inspection.at()), SEEK_DATA);
  if (data < 0 && errno == ENXIO) return false;
  if (data >= 0) inspection.pass_to(static_cast<std::uint64_t>(data));
  return data >= 0 || errno == EINVAL;  // a file system that knows of no holes has them all read
}

}  // namespace

OwnedFd open_event_file(const std::string& path) {
  // (Without O_NONBLOCK opening a pipe waits for its other end.)
  OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return {};
  if (S_ISREG(status.st_mode)) return file;
  file.reset();
  errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  return {};
}

Result<EventFileEnd> inspect_event_file(const std::string& path) {
  const OwnedFd file = open_event_file(path);
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
    if (!inspect_block(file.get(), block, inspection, bytes)) break;
  }
  return std::move(inspection).end();
}

}  // namespace vnode
