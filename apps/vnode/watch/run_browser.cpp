#include "apps/vnode/watch/run_browser.h"

#include <algorithm>
#include <utility>

namespace vnode {
namespace {

constexpr auto kBrowserRedraw = std::chrono::milliseconds(100);
/// What the model calls the run: there is no other one.
constexpr std::string_view kThisRun = "the run";

}  // namespace

RunBrowser::RunBrowser(PrettyView& view, Options options, const Clock& clock)
    : view_(view), options_(std::move(options)), clock_(clock) {
  model_.open_alone(std::string(kThisRun));
  options_.take_keys(true);
}

RunBrowser::~RunBrowser() { options_.take_keys(false); }

void RunBrowser::on_event(const Event& event) {
  model_.add_event(std::string(kThisRun), event);
  const bool is_end = std::holds_alternative<ExecutionFinished>(event.body);
  // The terminal may be somebody else's from now on.
  if (is_end || std::holds_alternative<ExecutionPaused>(event.body)) {
    uncover();
    options_.take_keys(false);
    takes_keys_ = false;
  } else if (std::holds_alternative<ExecutionUnpaused>(event.body)) {
    options_.take_keys(true);
    takes_keys_ = true;
  }
  view_.on_event(event);
}

void RunBrowser::flush() { view_.flush(); }

Result<void> RunBrowser::close() {
  uncover();
  options_.take_keys(false);
  takes_keys_ = false;
  return view_.close();
}

void RunBrowser::tick() {
  if (takes_keys_) {
    const std::string typed = options_.read_keys();
    std::vector<Key> keys = decoder_.feed(typed);
    if (typed.empty()) {
      for (Key& key : decoder_.give_up_waiting()) keys.push_back(std::move(key));
    }
    for (const Key& key : keys) press(key);
  }
  if (!is_open_) return view_.tick();
  const SteadyTime now = clock_.steady_now();
  if (!last_draw_ || now >= *last_draw_ + kBrowserRedraw) draw();
}

std::optional<SteadyTime> RunBrowser::next_tick() const {
  if (!is_open_) return view_.next_tick();
  return last_draw_ ? *last_draw_ + kBrowserRedraw : clock_.steady_now();
}

void RunBrowser::press(const Key& key) {
  if (!is_open_) return open(key);
  if (key == Key{Key::Kind::kControl, "l"}) screen_.forget();
  const WatchRequest request = model_.press(key, options_.size());
  last_draw_.reset();
  if (request.kind == WatchRequest::Kind::kCancel) {
    options_.cancel();
    model_.say("the run is being ended");
  } else if (request.kind != WatchRequest::Kind::kNone) {
    uncover();
  }
}

/// A key over the lines of the view; those that nobody thinks of as one do nothing.
void RunBrowser::open(const Key& key) {
  const bool only_opens = key.kind == Key::Kind::kEnter || key.kind == Key::Kind::kUp ||
                          key.kind == Key::Kind::kDown || key.kind == Key::Kind::kPageUp ||
                          key.kind == Key::Kind::kPageDown;
  const bool ends = key.is("q") || key.is("c");
  if (!only_opens && !ends && !key.is("l") && !key.is("/") && !key.is("?")) return;
  model_.open_alone(std::string(kThisRun));
  screen_.forget();
  last_draw_.reset();
  is_open_ = true;
  view_.show_screen(kEnterScreen, true);
  if (!only_opens) (void)model_.press(ends ? Key{Key::Kind::kText, "c"} : key, options_.size());
}

void RunBrowser::uncover() {
  if (std::exchange(is_open_, false)) view_.show_screen(kLeaveScreen, false);
}

void RunBrowser::draw() {
  last_draw_ = clock_.steady_now();
  const TerminalSize size = options_.size();
  view_.show_screen(
      screen_.show(model_.lines(size, {clock_.wall_now(), *last_draw_}, options_.has_colour), size), true);
}

}  // namespace vnode
