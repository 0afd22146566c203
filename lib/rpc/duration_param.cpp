#include "rpc/duration_param.h"

#include <algorithm>
#include <chrono>

#include "base/duration_text.h"

namespace vnode {

Duration param_duration(const Value& value) {
  constexpr double kLongest = 100.0 * 365 * 24 * 3600;
  if (value.is_text()) {
    const Result<Duration> read = parse_duration(value.as_text());
    return read ? *read : Duration::zero();
  }
  const double seconds = value.is_float() ? value.as_float()
                         : value.is_int() ? static_cast<double>(value.as_int())
                                          : 0;
  if (!(seconds > 0)) return Duration::zero();
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, kLongest)));
}

Value duration_value(Duration duration) { return Value(std::chrono::duration<double>(duration).count()); }

}  // namespace vnode
