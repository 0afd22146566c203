#include "apps/vnode/settings/run_resources.h"

#include <unistd.h>

#include <thread>

namespace vnode {

ResourceAmounts machine_resources() {
  ResourceAmounts resources;
  const unsigned cores = std::thread::hardware_concurrency();
  resources.emplace(kCpus, kOneResource * (cores > 0 ? cores : 1));
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page_size = ::sysconf(_SC_PAGESIZE);
  if (pages > 0 && page_size > 0) resources.emplace(kMem, kOneResource * pages * page_size);
  return resources;
}

Result<NamedAmount> parse_resource(const std::string& assignment) {
  const auto wrong = [&assignment](const std::string& what) {
    return Error{ErrorCode::kUsage, "-r '" + assignment + "': " + what};
  };
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) return wrong("write -r NAME=AMOUNT");
  const std::optional<ResourceAmount> amount = parse_resource_amount(assignment.substr(equals + 1));
  if (!amount || *amount == 0)
    return wrong("AMOUNT must be a number above 0, such as 2 or 0.5, or a size such as 8G");
  return NamedAmount{assignment.substr(0, equals), *amount};
}

Result<ResourceAmounts> run_resources(const std::vector<std::string>& assignments) {
  ResourceAmounts resources = machine_resources();
  for (const std::string& assignment : assignments) {
    const Result<NamedAmount> amount = parse_resource(assignment);
    if (!amount) return amount.error();
    resources[amount->first] = amount->second;
  }
  return resources;
}

}  // namespace vnode
