#include "command/wrap_stopper.h"

#include <algorithm>

#include "base/text.h"

namespace vnode {

void WrapStopper::on_output(OutputStream stream, std::string_view bytes) {
  constexpr std::size_t kMost = 400;
  if (stream == OutputStream::kErrors) said_ += bytes.substr(0, kMost - std::min(kMost, said_.size()));
}

void WrapStopper::on_end(const ProcessEnd& end) {
  if (end.is_success()) return;
  std::string text = "the executor's 'stop' did not do it: " +
                     (end.error ? end.error->message : program_ + " " + describe(end));
  if (const std::size_t last = said_.find_last_not_of(" \r\n"); last != said_.npos)
    text += ": " + replace_invalid_utf8(said_.substr(0, last + 1));
  news_->post({process_, {CommandLogLine{LogLevel::kWarning, std::move(text)}}});
}

}  // namespace vnode
