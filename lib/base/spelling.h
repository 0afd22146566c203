#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

/// What is said to people who mistyped a name: which one they may have meant, or which there are. Everything
/// that knows names says it with these, so that it reads the same everywhere.
namespace vnode {

/// How many characters have to be inserted, left out, replaced or swapped with the next one (bytes, in
/// truth).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word` if it is near enough to be meant (ASCII case aside), else empty.
std::string nearest_word(std::string_view word, std::span<const std::string> candidates);

/// "did you mean 'x'?"; empty when `nearest` is.
std::string did_you_mean(std::string_view nearest);

/// The same of the nearest candidate; empty when none is near.
std::string spelling_hint(std::string_view word, std::span<const std::string> candidates);

/// The same, or else which names there are, the first `most`: "its inputs are 'a', 'b' and 3 more". `what`
/// says whose they are: "its inputs are".
std::string spelling_advice(std::string_view word, std::span<const std::string> candidates,
                            std::string_view what, std::size_t most = 24);

/// "message; hint", or the message alone when there is no hint.
std::string with_hint(std::string message, std::string_view hint);

}  // namespace vnode
