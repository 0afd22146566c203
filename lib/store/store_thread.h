#pragma once

#include <functional>
#include <memory>

#include "base/error.h"
#include "store/run_store.h"

namespace vnode {

/// What a read sees.
enum class StoreOrder {
  kBehindChanges,  ///< everything that was asked for before; so it waits for that
  kAtOnce,         ///< what is durable by now, at least; large changes hold nobody up
};

/// The store on a thread of its own, so that no loop waits for a disk. Changes that arrive while a commit is
/// under way share the next one: many clients cost one flush. Reads that need not wait for changes have a
/// second thread, and a store of their own on the same file.
///
/// Thread rule: `write` and `read` from any thread. `post` (given at the start) is called on the store's
/// thread with what is to be done on the owner's; after the destructor it is not called any more.
class StoreThread {
 public:
  using Post = std::function<void(std::function<void()>)>;

  /// `reader`: as RunStore::open_reader; null: all reads wait for the changes before them.
  StoreThread(std::unique_ptr<RunStore> store, Post post, std::unique_ptr<RunStore> reader = nullptr);
  StoreThread(const StoreThread&) = delete;
  ~StoreThread();  ///< does what was asked for before, then ends

  /// `done` is posted when the change is durable, or has failed. In order of asking.
  void write(std::function<Result<void>(RunStore&)> change, std::function<void(Result<void>)> done);
  /// `done` is posted with what `query` returned.
  template <class T>
  void read(std::function<Result<T>(RunStore&)> query, std::function<void(Result<T>)> done,
            StoreOrder order = StoreOrder::kBehindChanges) {
    const auto job = [query = std::move(query),
                      done = std::move(done)](RunStore& store) -> std::function<void()> {
      auto result = std::make_shared<Result<T>>(query(store));
      return [done, result] { done(std::move(*result)); };
    };
    read_any(job, order);
  }
  /// Waits until everything that was asked for has been done (not: posted back).
  void drain();

 private:
  void read_any(std::function<std::function<void()>(RunStore&)> job, StoreOrder order);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnode
