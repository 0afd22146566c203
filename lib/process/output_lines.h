#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace vnode {

/// Cuts what a process writes into lines for people, however it arrives (rules.md, rule 5): "\n", "\r\n" and
/// "\r" end one; longer ones are cut, between characters; what is not UTF-8 becomes U+FFFD. Lines that a "\r"
/// ends take each other's place on a terminal: at most four a second are given, and the last one always.
/// Thread rule: one thread.
class OutputLines {
 public:
  static constexpr std::size_t kMostBytes = 8 * 1024;
  static constexpr Duration kPauseOfOverwritten = std::chrono::milliseconds(250);

  /// `line` is valid during the call.
  using OnLine = std::function<void(std::string_view line)>;
  explicit OutputLines(OnLine on_line) : on_line_(std::move(on_line)) {}

  void add(std::string_view bytes, SteadyTime now);
  /// Nothing more will come: gives what has no end yet.
  void finish();

 private:
  enum class Ending : std::uint8_t { kNewline, kReturn, kNone };
  void add_part(std::string_view part);
  void end_line(std::string_view rest, Ending ending);
  void give_overwritten(std::string_view line);
  void give(std::string_view line);
  void give_waiting();

  OnLine on_line_;
  std::string begun_;
  std::string waiting_;  ///< the last overwritten line, which came too soon
  bool is_waiting_ = false;
  bool has_return_ = false;  ///< the last byte was "\r": what it ends is known with the next one
  SteadyTime now_{};
  SteadyTime next_overwritten_{};
};

}  // namespace vnode
