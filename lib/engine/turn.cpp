#include "engine/turn.h"

#include <utility>

#include "base/at_end.h"
#include "engine/execution.h"

namespace vnode {

Task<void> Turn::take() {
  const ResourcePool::Turn turn = pool_.take(demand_, [this](ResourcePool::Number) { on_granted_(); });
  number_ = turn.number;
  return turn.is_granted ? Task<void>() : wait();
}

Task<void> Turn::wait() {
  ResourcePool::Lack lack = pool_.lack_of(number_);
  execution_.begin_wait(lack.what, std::move(lack.detail));
  const AtEnd end_wait([this] { execution_.end_wait(); });
  ExternalOperation operation = [this](std::function<void()> done) {
    on_granted_ = std::move(done);
    return std::function<void()>([this] { give_back(); });
  };
  co_await execution_.wait_for(std::move(operation));
}

}  // namespace vnode
