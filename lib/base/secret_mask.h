#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/secret_matcher.h"

namespace vnode {

/// Secrets by their names; each name once.
using Secrets = std::vector<std::pair<std::string, std::string>>;

/// What is named last counts.
void set_secret(Secrets& secrets, std::string_view name, std::string_view value);

/// Secrets are called as variables are: letters, digits and _, and no digit in front.
bool is_secret_name(std::string_view name);

/// Why that cannot be a secret: a name that no variable can have, or a value that cannot be told from other
/// text, or not be given to a process. The message has the name and never the value. kInvalidValue.
Result<void> check_secret(std::string_view name, std::string_view value);

/// The secrets of a run, which nobody is to see: those that it was given, and those that its programs name
/// while it runs. Thread rule: any thread. It costs next to nothing while there are none.
class SecretMask {
 public:
  /// Shorter ones would mask everything.
  static constexpr std::size_t kShortest = 6;
  /// The forms of one, and what finds them, take some hundred times as much.
  static constexpr std::size_t kLongest = 64 * 1024;
  static constexpr std::string_view kMask = "***";

  SecretMask() = default;
  explicit SecretMask(const Secrets& secrets);
  SecretMask(const SecretMask&) = delete;

  /// False when it is too short or too long. Of a secret of several lines each line that is long enough is
  /// one, too.
  bool add(std::string_view secret);
  /// The text with each secret in it replaced, in whatever form it is there (secret_forms.h). What overlaps
  /// is replaced as one.
  std::string apply(std::string text) const;
  /// Whether there is something in it to be replaced.
  bool is_in(std::string_view text) const;
  bool is_empty() const { return generation() == 0; }
  /// Another one after each secret that was added; 0 before the first.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  /// Whether a number may be a secret, or have one in its digits.
  bool may_be_in_numbers() const { return may_be_in_numbers_.load(std::memory_order_acquire); }

 private:
  friend class MaskedStream;
  std::shared_ptr<const SecretMatcher> matcher() const;

  mutable std::mutex mutex_;
  std::vector<std::string> secrets_;
  std::shared_ptr<const SecretMatcher> matcher_;
  std::atomic<std::uint64_t> generation_ = 0;
  std::atomic<bool> may_be_in_numbers_ = false;
};

/// A text that comes in parts, without its secrets, wherever it was cut. What may be the beginning of a
/// secret is held back until more has come. Thread rule: one thread at a time; the mask must outlive it.
class MaskedStream {
 public:
  explicit MaskedStream(const SecretMask& mask) : mask_(mask) {}

  /// What can be shown of it by now.
  std::string add(std::string_view part);
  /// Nothing more will come: the rest.
  std::string finish();
  /// How many of the last bytes may be the beginning of a secret.
  std::size_t begun() const;

 private:
  /// A part of `held_`.
  struct Span {
    std::size_t begin, end;
  };

  void look_for_new_secrets();
  void scan(std::size_t from);
  void note_found(std::size_t size, std::size_t end);
  std::string give(std::size_t safe);

  const SecretMask& mask_;
  std::shared_ptr<const SecretMatcher> matcher_;
  std::uint64_t generation_ = 0;
  SecretMatcher::State state_ = 0;
  std::string held_;         ///< what has not been given yet
  std::vector<Span> spans_;  ///< of secrets in it, in order; they do not overlap
  std::size_t hidden_ = 0;   ///< at its beginning: the rest of a secret whose mask was given already
};

}  // namespace vnode
