#pragma once

#include <memory>
#include <string>
#include <utility>

#include "command/command_process.h"

namespace vnode {

/// Hears of a program that ends what is behind an executor's words; that it fails is a warning of the node.
/// Thread rule: the watcher's thread.
class WrapStopper final : public ProcessListener {
 public:
  WrapStopper(std::shared_ptr<CommandProcess> process, std::shared_ptr<CommandNews> news, std::string program)
      : process_(std::move(process)), news_(std::move(news)), program_(std::move(program)) {}

  void on_output(OutputStream stream, std::string_view bytes) override;
  void on_end(const ProcessEnd& end) override;

 private:
  const std::shared_ptr<CommandProcess> process_;
  const std::shared_ptr<CommandNews> news_;
  const std::string program_;
  std::string said_;  ///< the beginning of its errors
};

}  // namespace vnode
