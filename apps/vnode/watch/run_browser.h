#pragma once

#include <functional>
#include <optional>
#include <string>

#include "apps/vnode/show/pretty_view.h"
#include "apps/vnode/terminal/key_mode.h"
#include "apps/vnode/terminal/screen_update.h"
#include "apps/vnode/watch/watch_model.h"

namespace vnode {

/// The live view of `vnode run` with keys: lines and a live area as a PrettyView has them, and, when a key
/// asks for it, the nodes or the log of the run over the whole screen. Thread rule: the thread that steps the
/// run.
class RunBrowser final : public EventSink, public RunView {
 public:
  struct Options {
    bool has_colour = false;
    std::function<TerminalSize()> size = [] { return TerminalSize(); };
    std::function<std::string()> read_keys = [] {
      return std::string();
    };                                                  ///< what was typed, without waiting
    std::function<void()> cancel = [] {};               ///< somebody has said yes
    std::function<void(bool)> take_keys = [](bool) {};  ///< the terminal gives keys one by one, or as before
  };

  /// `view` outlives it.
  RunBrowser(PrettyView& view, Options options, const Clock& clock);
  ~RunBrowser() override;

  void on_event(const Event& event) override;
  void flush() override;
  Result<void> close() override;
  void tick() override;
  std::optional<SteadyTime> next_tick() const override;

 private:
  void press(const Key& key);
  void open(const Key& key);
  void cover();
  void uncover();
  void draw();

  PrettyView& view_;
  const Options options_;
  const Clock& clock_;
  WatchModel model_;
  KeyDecoder decoder_;
  ScreenUpdate screen_;
  bool is_open_ = false;  ///< the screen is covered
  bool takes_keys_ = true;
  std::optional<SteadyTime> last_draw_;
};

}  // namespace vnode
