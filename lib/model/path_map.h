#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// How paths of other machines are called on this one: the rules of an Open Job Description file
/// `pathmapping-1.0`. Works on texts alone, and never looks at files. Immutable; any thread.
///
/// A rule maps its source and all that is below it, name by name: `/mnt/show` does not touch `/mnt/shows`. Of
/// several rules the one with the most names in its source counts, of equal ones the first. Sources of format
/// WINDOWS are compared whatever the case, and with either slash; what is left of the path gets the slashes
/// of the destination. `.` and repeated slashes within a source count as nothing; `..` is a name like others.
class PathMap {
 public:
  /// Errors: kBadDocument with the pointer of what is wrong first, and how much more is.
  static Result<PathMap> read(const Value& document);

  /// The path in its place; nullopt when no rule maps it.
  std::optional<std::string> map(std::string_view path) const;

  /// Where a value comes from.
  enum class From {
    kOutside,  ///< the workflow, or who started the run: a path of any machine
    kWire,     ///< another node, which may have had it mapped: below a destination it is of this machine
  };
  /// The same for a value, a path or a list of them; nullopt when it stays as it is.
  std::optional<Value> map(const Value& value, From from) const;

 private:
  struct Rule {
    bool is_windows = false;
    std::size_t lead = 0;            ///< slashes in front: 0, 1, of Windows also 2
    std::vector<std::string> names;  ///< of the source; of Windows in lower case
    std::string destination;         ///< without slashes at its end, but for a root
    char slash = '/';                ///< of the destination
    std::size_t destination_lead = 0;
    std::vector<std::string> destination_names;
  };

  static Rule make_rule(bool is_windows, std::string_view source, std::string_view destination);
  static std::string destination_of(const Rule& rule, std::string_view path, std::string_view rest);
  bool is_below_destination(std::string_view path) const;
  std::optional<std::string> map_from(std::string_view path, From from) const;

  std::vector<Rule> rules_;  ///< the longest source first
};

}  // namespace vnode
