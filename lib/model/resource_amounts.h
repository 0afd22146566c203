#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/value.h"

namespace vnode {

/// How much of something: in thousandths, so that half a GPU is 500 and sums come out even. Of memory: of
/// bytes.
using ResourceAmount = std::int64_t;
/// Named resources with amounts: {"license.houdini": 1000}. All amounts are above 0.
using ResourceAmounts = std::map<std::string, ResourceAmount, std::less<>>;

inline constexpr ResourceAmount kOneResource = 1000;
/// Far more than there is of anything (256 TiB of memory); sums of a few of them still fit.
inline constexpr ResourceAmount kMostResource = ResourceAmount(1) << 58;

// What every machine has.
inline constexpr std::string_view kCpus = "cpus";
inline constexpr std::string_view kMem = "mem";

/// `2`, `0.5`, `8G` (sizes as base/size_text.h), rounded to thousandths; nullopt for anything else, also for
/// what is below 0.
std::optional<ResourceAmount> parse_resource_amount(std::string_view text);
/// The same of a number or a text of a document.
std::optional<ResourceAmount> resource_amount_of(const Value& value);
/// As `parse_resource_amount` reads it: `2`, `0.5`, `8G`.
std::string resource_amount_text(ResourceAmount amount);
/// The number that it is: whole where it is.
Value resource_amount_value(ResourceAmount amount);

/// "license.houdini=1, mem=8G"
std::string resource_amounts_text(const ResourceAmounts& amounts);

}  // namespace vnode
