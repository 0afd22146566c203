#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "executor/wrap_words.h"
#include "model/value.h"

namespace vnode {

/// Where nodes are executed that say so: on this machine, below other words (rules.md). Immutable.
struct WrapExecutor {
  std::string name;
  WrapWords words;
  WrapWords stop;  ///< empty: nothing is known to end what is behind the words
};

/// The one that is always there: on this machine, as it is.
inline constexpr std::string_view kLocalExecutor = "local";

/// The executors of the configuration, by name. Immutable.
class ExecutorSet {
 public:
  /// `executors`: {name: {kind: wrap, words: [...], stop: [...]}}; None: there is only `local`.
  /// kInvalidValue, naming the executor and its member.
  static Result<ExecutorSet> read(const Value& executors);

  /// Null: `local`, or an empty name. kNotFound for one that is not there, with what may have been meant.
  Result<std::shared_ptr<const WrapExecutor>> find(std::string_view name) const;
  /// In order, `local` among them.
  std::vector<std::string> names() const;

 private:
  static Result<std::shared_ptr<const WrapExecutor>> read_one(const std::string& name, const Value& value);

  std::map<std::string, std::shared_ptr<const WrapExecutor>, std::less<>> wraps_;
};

}  // namespace vnode
