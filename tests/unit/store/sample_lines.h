#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/event_json.h"
#include "store/event_file.h"
#include "store/event_line.h"
#include "support/sample_events.h"
#include "support/scratch_folder.h"

namespace vnode::test {

/// Lines as a run writes them, from `first` on: events of every type, texts in several scripts, and
/// execution_finished as the last.
inline std::vector<std::string> sample_lines(std::uint64_t first, std::size_t number) {
  EventFormatter formatter(200);
  std::vector<std::string> lines;
  const auto add = [&](Event event) {
    if (lines.size() >= number) return;
    event.seq = first + lines.size();
    lines.emplace_back();
    formatter.append_line(lines.back(), event);
  };
  while (lines.size() + 1 < number) {
    for_each_sample_event([&](const Event& event) {
      // Only files that had lost something have gaps in them; and the end is the end.
      const bool is_wanted = !std::holds_alternative<StreamGap>(event.body) &&
                             !std::holds_alternative<ExecutionFinished>(event.body);
      if (lines.size() + 1 < number && is_wanted) add(event);
    });
    NodeLog log;
    log.message = "Größe 大きさ 🎬 \"\\\n";
    if (lines.size() + 1 < number) add(sample_node_event(log));
  }
  add(sample_event(ExecutionFinished{}));
  return lines;
}

inline std::string joined(const std::vector<std::string>& lines, std::size_t number) {
  std::string text;
  for (std::size_t i = 0; i < number; ++i) text += lines[i];
  return text;
}
inline std::string joined(const std::vector<std::string>& lines) { return joined(lines, lines.size()); }

/// The events of a file, which must be one valid stream: whole lines, no seq missing, doubled or out of
/// order.
inline std::vector<EventHead> heads_of(const std::string& text) {
  std::vector<EventHead> heads;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t newline = rest.find('\n');
    const std::uint64_t last = heads.empty() ? 0 : heads.back().seq;
    auto head = parse_event_line(rest.substr(0, newline));
    if (newline == std::string_view::npos || !head || head->from != last + 1) {
      ADD_FAILURE() << "behind event " << last << ": " << rest.substr(0, 200);
      break;
    }
    heads.push_back(std::move(*head));
    rest.remove_prefix(newline + 1);
  }
  return heads;
}

/// A new file: truncating one makes some file systems wait for the disk.
inline std::string write_new(const ScratchFolder& folder, const std::string& name,
                             const std::string& content) {
  std::filesystem::remove(folder.file(name));
  return folder.write(name, content);
}

inline void append_all(EventFileWriter& writer, const std::vector<std::string>& lines, std::uint64_t first) {
  for (const std::string& line : lines) writer.append(line, first++);
}

}  // namespace vnode::test
