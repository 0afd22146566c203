#pragma once

#include <memory>
#include <string_view>

namespace spdlog {
class logger;
}

namespace vnode {

/// What the program itself has to say, on standard error: "vnode: warning: ...". Not for what nodes say.
/// The logger is made by the first message. Thread rule: any thread, after `set_verbose`.
class Diagnostics {
 public:
  Diagnostics();
  Diagnostics(const Diagnostics&) = delete;
  ~Diagnostics();

  /// Also shows what `debug` is given.
  void set_verbose(bool verbose) { is_verbose_ = verbose; }

  void error(std::string_view message);
  void warning(std::string_view message);
  void debug(std::string_view message);

 private:
  spdlog::logger& logger();

  bool is_verbose_ = false;
  struct Lazy;
  std::unique_ptr<Lazy> lazy_;
};

}  // namespace vnode
