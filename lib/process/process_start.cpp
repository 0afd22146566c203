#include "process/process_start.h"

#include <string.h>

namespace vnode {
namespace {

std::string signal_name(int number) {
  const char* const name = ::sigabbrev_np(number);
  return name ? std::string("SIG") + name : "signal " + std::to_string(number);
}

}  // namespace

std::string describe(const ProcessEnd& end) {
  if (end.error) return end.error->message;
  if (end.reason == ProcessStop::kMemory) return "took more memory than it may";
  if (end.code < 0) return "was ended by " + signal_name(-end.code);
  return "ended with exit code " + std::to_string(end.code);
}

}  // namespace vnode
