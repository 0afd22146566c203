#include "async/http_client.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "async/curl_library.h"
#include "async/http_transfer.h"

namespace vnode {
namespace {

/// Whether, and to whom, a reply is still to be given.
class Delivery {
 public:
  explicit Delivery(std::function<void(HttpReply)> done) : done_(std::move(done)) {}

  void deliver(HttpReply reply) {
    std::scoped_lock lock(mutex_);
    if (!done_) return;
    std::function<void(HttpReply)> done = std::exchange(done_, nullptr);
    done(std::move(reply));
  }

  /// Waits for a `done` that is being called, unless this is called by it.
  void abandon() {
    std::scoped_lock lock(mutex_);
    done_ = nullptr;
    is_abandoned_ = true;
  }
  bool is_abandoned() const { return is_abandoned_; }

 private:
  std::recursive_mutex mutex_;
  std::function<void(HttpReply)> done_;
  std::atomic<bool> is_abandoned_ = false;
};

struct Submission {
  HttpRequest request;
  std::shared_ptr<Delivery> delivery;
};

struct ActiveTransfer {
  std::unique_ptr<HttpTransfer> transfer;
  std::shared_ptr<Delivery> delivery;
};

/// The transfers that are under way. Used by the client's thread alone.
class TransferSet {
 public:
  TransferSet(const CurlLibrary& curl, CURLM* multi) : curl_(curl), multi_(multi) {}
  TransferSet(const TransferSet&) = delete;
  ~TransferSet() {
    for (ActiveTransfer& active : active_) curl_.multi_remove_handle(multi_, active.transfer->handle());
  }

  void add(Submission submission) {
    if (submission.delivery->is_abandoned()) return;
    auto transfer = std::make_unique<HttpTransfer>(curl_, std::move(submission.request));
    if (std::string problem = transfer->prepare(); !problem.empty()) {
      submission.delivery->deliver({.error = std::move(problem)});
      return;
    }
    curl_.multi_add_handle(multi_, transfer->handle());
    active_.push_back({std::move(transfer), std::move(submission.delivery)});
  }

  /// Moves what can be moved, delivers what has ended, gives up what is abandoned or late.
  void advance() {
    drop_abandoned();
    int running = 0;
    curl_.multi_perform(multi_, &running);
    int queued = 0;
    while (const CURLMsg* message = curl_.multi_info_read(multi_, &queued)) {
      if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
    }
    drop_late();
  }

  /// How long nothing needs to be done unless something arrives.
  std::chrono::milliseconds patience() const {
    std::chrono::milliseconds longest = std::chrono::hours(1);
    SteadyTime now = std::chrono::steady_clock::now();
    for (const ActiveTransfer& active : active_) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(active.transfer->deadline() - now);
      longest = std::min(longest, std::max(left, std::chrono::milliseconds(0)));
    }
    return longest;
  }

 private:
  void drop_abandoned() {
    std::erase_if(active_, [this](ActiveTransfer& active) {
      if (!active.delivery->is_abandoned()) return false;
      curl_.multi_remove_handle(multi_, active.transfer->handle());
      return true;
    });
  }

  void drop_late() {
    SteadyTime now = std::chrono::steady_clock::now();
    auto is_in_time = [now](const ActiveTransfer& active) { return active.transfer->deadline() > now; };
    auto late = std::partition(active_.begin(), active_.end(), is_in_time);
    std::vector<ActiveTransfer> dropped(std::make_move_iterator(late),
                                        std::make_move_iterator(active_.end()));
    active_.erase(late, active_.end());
    for (ActiveTransfer& active : dropped) {
      curl_.multi_remove_handle(multi_, active.transfer->handle());
      active.delivery->deliver({.error = "timed out"});
    }
  }

  void finish(CURL* handle, CURLcode result) {
    auto found = std::find_if(active_.begin(), active_.end(), [handle](const ActiveTransfer& active) {
      return active.transfer->handle() == handle;
    });
    curl_.multi_remove_handle(multi_, handle);
    if (result == CURLE_OK && found->transfer->prepare_redirect()) {
      curl_.multi_add_handle(multi_, handle);
      return;
    }
    ActiveTransfer ended = std::move(*found);
    active_.erase(found);
    ended.delivery->deliver(ended.transfer->take_reply(result));
  }

  const CurlLibrary& curl_;
  CURLM* multi_;
  std::vector<ActiveTransfer> active_;
};

}  // namespace

/// What the client shares with its thread and with the functions that abandon a transfer.
struct HttpClient::Driver {
  void submit(Submission submission, const std::shared_ptr<Driver>& self) {
    std::scoped_lock lock(mutex);
    submitted.push_back(std::move(submission));
    if (!thread.joinable()) thread = std::thread([self] { self->run(); });
    wake_locked();
  }

  void wake() {
    std::scoped_lock lock(mutex);
    wake_locked();
  }

  void wake_locked() {
    if (multi) curl->multi_wakeup(multi);
    changed.notify_one();
  }

  void stop() {
    std::unique_lock lock(mutex);
    is_stopping = true;
    wake_locked();
    std::thread ending = std::exchange(thread, {});
    lock.unlock();
    if (!ending.joinable()) return;
    // A `done` may drop the last reference to the client.
    if (ending.get_id() == std::this_thread::get_id()) {
      ending.detach();
    } else {
      ending.join();
    }
  }

  std::deque<Submission> take_submitted() {
    std::scoped_lock lock(mutex);
    return std::exchange(submitted, {});
  }

  bool must_stop() {
    std::scoped_lock lock(mutex);
    return is_stopping;
  }

  void run() {
    Result<const CurlLibrary*> library = curl_library();
    CURLM* handle = library ? (*library)->multi_init() : nullptr;
    if (!handle)
      return refuse(library ? "libcurl is out of memory"
                            : "HTTP is not available: " + library.error().message);
    {
      std::scoped_lock lock(mutex);
      curl = *library;
      multi = handle;
    }
    drive(**library, handle);
    std::scoped_lock lock(mutex);
    multi = nullptr;
    curl->multi_cleanup(handle);
  }

  void drive(const CurlLibrary& functions, CURLM* handle) {
    TransferSet transfers(functions, handle);
    while (!must_stop()) {
      for (Submission& submission : take_submitted()) transfers.add(std::move(submission));
      transfers.advance();
      if (must_stop()) break;
      functions.multi_poll(handle, nullptr, 0, static_cast<int>(transfers.patience().count()), nullptr);
    }
  }

  /// Without the library: every request gets that answer.
  void refuse(const std::string& reason) {
    std::unique_lock lock(mutex);
    while (!is_stopping) {
      std::deque<Submission> taken = std::exchange(submitted, {});
      lock.unlock();
      for (Submission& submission : taken) submission.delivery->deliver({.error = reason});
      lock.lock();
      changed.wait(lock, [this] { return is_stopping || !submitted.empty(); });
    }
  }

  std::mutex mutex;
  std::condition_variable changed;  ///< for `refuse`; otherwise the thread waits in libcurl
  std::deque<Submission> submitted;
  std::thread thread;
  bool is_stopping = false;
  const CurlLibrary* curl = nullptr;  ///< both set while the thread drives transfers
  CURLM* multi = nullptr;
};

HttpClient::HttpClient() : driver_(std::make_shared<Driver>()) {}

HttpClient::~HttpClient() { driver_->stop(); }

std::function<void()> HttpClient::start(HttpRequest request, std::function<void(HttpReply)> done) {
  auto delivery = std::make_shared<Delivery>(std::move(done));
  driver_->submit({std::move(request), delivery}, driver_);
  return [delivery, driver = std::weak_ptr<Driver>(driver_)] {
    delivery->abandon();
    if (std::shared_ptr<Driver> alive = driver.lock()) alive->wake();
  };
}

}  // namespace vnode
