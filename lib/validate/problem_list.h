#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "model/problem.h"

namespace vnode {

/// Collects problems. Of each code only the first ones are kept, so that a file with a million like mistakes
/// gives a report that can be read; one last problem of that code then says how many more there are.
class ProblemList {
 public:
  static constexpr std::size_t kMaxWarnings = 100;  ///< of one code; of notes, too
  static constexpr std::size_t kMaxErrors = 1000;   ///< of one code; more, since all of them must be mended

  /// Keeps what `make` returns, severity and code filled in. `make` is not called when it would not be kept.
  /// `code` is a literal.
  template <class Make>
  void add(Severity severity, std::string_view code, Make&& make) {
    if (!admit(severity, code)) return;
    problems_.push_back(std::forward<Make>(make)());
    problems_.back().severity = severity;
    problems_.back().code = code;
  }
  template <class Make>
  void error(std::string_view code, Make&& make) {
    add(Severity::kError, code, std::forward<Make>(make));
  }
  template <class Make>
  void warn(std::string_view code, Make&& make) {
    add(Severity::kWarning, code, std::forward<Make>(make));
  }

  template <class Make>
  void note(std::string_view code, Make&& make) {
    add(Severity::kNote, code, std::forward<Make>(make));
  }

  /// Saved values that no run looks at, as editors leave them behind: only counted, since every file has
  /// them.
  struct IdleValues {
    std::size_t of_wired_inputs = 0;
    std::size_t of_outputs = 0;
  };
  IdleValues& idle_values() { return idle_values_; }
  /// Those of another list are counted here instead.
  void take_idle_values(ProblemList& other);

  /// All of them, in the order in which they came, and the remarks on what was left out; at last one note
  /// (idle_values) on the idle values.
  Problems take();

 private:
  struct Tally {
    Severity severity = Severity::kWarning;
    std::size_t found = 0;
    std::size_t left_out = 0;
  };

  bool admit(Severity severity, std::string_view code);

  void tell_idle_values();

  Problems problems_;
  IdleValues idle_values_;
  std::map<std::string_view, Tally> tallies_;
};

}  // namespace vnode
