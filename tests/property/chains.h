#pragma once

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

namespace vnode::test {

/// The logical threads of the model as real ones, of which exactly one runs at a time: control is handed over
/// at yields and waits only, and whoever is ready goes on first in, first out. So the model can be plain
/// recursive code.
class Chains {
 public:
  using Id = std::size_t;

  Chains() = default;
  Chains(const Chains&) = delete;
  ~Chains() { abandon(); }

  /// A chain at the end of the ready queue.
  void spawn(std::function<void()> body) {
    chains_.push_back(std::make_unique<Chain>());
    Chain* self = chains_.back().get();  // not by index: the list may grow while the thread starts
    ready_.push_back(chains_.size() - 1);
    self->thread = std::thread([this, self, body = std::move(body)] {
      self->go.acquire();
      try {
        if (!abandoned_) body();
      } catch (const Abandoned&) {
      } catch (...) {
        error_ = std::current_exception();
      }
      self->ended = true;
      back_.release();
    });
  }

  /// Lets chains go on until none is ready. False when one of them waits for something that cannot come any
  /// more. What a chain throws comes out here, and is the end of them all.
  bool run() {
    while (!ready_.empty()) {
      current_ = ready_.front();
      ready_.pop_front();
      resume(current_);
      if (error_) std::rethrow_exception(error_);
    }
    for (const auto& chain : chains_) {
      if (!chain->ended) return false;
    }
    return true;
  }

  Id current() const { return current_; }
  void yield() {
    ready_.push_back(current_);
    block();
  }
  /// Until somebody calls `wake` for this chain.
  void block() {
    Chain& self = *chains_[current_];
    back_.release();
    self.go.acquire();
    if (abandoned_) throw Abandoned();
  }
  void wake(Id chain) { ready_.push_back(chain); }

 private:
  struct Abandoned {};
  struct Chain {
    std::thread thread;
    std::binary_semaphore go{0};
    bool ended = false;
  };

  void resume(Id id) {
    chains_[id]->go.release();
    back_.acquire();
  }
  void abandon() {
    abandoned_ = true;
    for (Id id = 0; id < chains_.size(); ++id) {
      current_ = id;
      if (!chains_[id]->ended) resume(id);
      chains_[id]->thread.join();
    }
  }

  std::vector<std::unique_ptr<Chain>> chains_;
  std::deque<Id> ready_;
  Id current_ = 0;
  bool abandoned_ = false;
  std::exception_ptr error_;
  std::binary_semaphore back_{0};
};

}  // namespace vnode::test
