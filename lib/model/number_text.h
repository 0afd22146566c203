#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/value.h"

/// Numbers as Python writes and reads them. All functions are pure; no locale has influence.
namespace vnode {

/// The first float that no 64-bit integer reaches.
inline constexpr double kTwoTo63 = 9223372036854775808.0;

/// What float(text) and int(text) accept: surrounding white space, a sign, decimal digits of any script with
/// single underscores between them; for floats also a point, an exponent, "inf", "infinity" and "nan" in any
/// case. A float out of range is infinite or zero; an integer may be of any size. Anything else is nullopt.
std::optional<double> parse_float(std::string_view text);
std::optional<Value> parse_int(std::string_view text);

/// The number that an optional '-' and ASCII digits (at least one, leading zeros allowed) stand for: an int
/// or a big int.
Value integer_from_digits(std::string_view digits);

/// The number nearest to what the text of a big int says; nullopt beyond the range of floats.
std::optional<double> float_from_digits(std::string_view digits);

/// All digits of a finite float without fraction.
std::string exact_digits(double whole);

}  // namespace vnode
