#include "model/resource_amounts.h"

#include <charconv>
#include <cmath>

#include "base/size_text.h"

namespace vnode {
namespace {

std::optional<ResourceAmount> amount_of_number(double number) {
  const double thousandths = std::round(number * static_cast<double>(kOneResource));
  if (!(thousandths >= 0 && thousandths <= static_cast<double>(kMostResource))) return std::nullopt;
  // What is there asks for something.
  return thousandths == 0 && number > 0 ? 1 : static_cast<ResourceAmount>(thousandths);
}

}  // namespace

std::optional<ResourceAmount> parse_resource_amount(std::string_view text) {
  double number = 0;
  const auto [end, status] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (status == std::errc() && end == text.data() + text.size()) return amount_of_number(number);
  const Result<std::uint64_t> bytes = parse_size(text);
  if (!bytes) return std::nullopt;
  return amount_of_number(static_cast<double>(*bytes));
}

std::optional<ResourceAmount> resource_amount_of(const Value& value) {
  if (value.is_int()) return amount_of_number(static_cast<double>(value.as_int()));
  if (value.is_float()) return amount_of_number(value.as_float());
  if (value.is_text()) return parse_resource_amount(value.as_text());
  return std::nullopt;
}

std::string resource_amount_text(ResourceAmount amount) {
  constexpr std::uint64_t kMega = 1024 * 1024;
  const auto whole = static_cast<std::uint64_t>(amount / kOneResource);
  auto rest = static_cast<int>(amount % kOneResource);
  if (rest == 0) return whole >= kMega && whole % 1024 == 0 ? size_text(whole) : std::to_string(whole);
  std::string digits = std::to_string(kOneResource + rest).substr(1);
  while (digits.back() == '0') digits.pop_back();
  return std::to_string(whole) + "." + digits;
}

Value resource_amount_value(ResourceAmount amount) {
  if (amount % kOneResource == 0) return Value(amount / kOneResource);
  return Value(static_cast<double>(amount) / static_cast<double>(kOneResource));
}

std::string resource_amounts_text(const ResourceAmounts& amounts) {
  std::string text;
  for (const auto& [name, amount] : amounts) {
    if (!text.empty()) text += ", ";
    text += name + "=" + resource_amount_text(amount);
  }
  return text;
}

}  // namespace vnode
