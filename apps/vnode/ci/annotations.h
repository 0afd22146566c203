#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/vnode/ci/ci_system.h"
#include "model/problem.h"

namespace vnode {

/// An error or a warning at its place, for a CI server.
struct Annotation {
  bool is_error = true;
  std::string file = {};  ///< empty: nobody knows
  std::size_t line = 0;   ///< 0: of the whole file
  std::size_t column = 0;
  std::string title = {};
  std::string message = {};
};

/// One line that the server understands, escaped by its own rules. Empty for those that understand none
/// (GitLab reads reports).
std::string annotation_line(CiSystem system, const Annotation& annotation);

/// GitHub shows so many errors and as many warnings of a step.
inline constexpr std::size_t kMostAnnotations = 10;

/// Those of one command, of each kind at most `kMostAnnotations`; the last one then says how many more there
/// are.
class Annotations {
 public:
  explicit Annotations(CiSystem system) : system_(system) {}

  void add(Annotation annotation);
  /// A problem of that file. Notes are none. `text` is the file's, for the lines of JSON.
  void add(const Problem& problem, const std::string& file, std::string_view text);
  /// The lines.
  std::string text() const;

 private:
  struct Kind {
    std::string lines;
    std::string last;  ///< the line that stands for itself or for the rest
    std::size_t count = 0;
  };

  const CiSystem system_;
  Kind errors_, warnings_;
};

}  // namespace vnode
