#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/cancel_scope.h"
#include "engine/failure_tolerance.h"
#include "engine/level.h"
#include "node/map_request.h"

namespace vnode {

/// One execution of a map: its bodies, each on a chain and in a level of its own, so many at once (rules 44
/// to 46). Thread rule: the thread that steps the run.
class MapRun {
 public:
  /// `plan`: of the body. All outlive it.
  MapRun(Level& level, Chain& chain, Instance& node, std::shared_ptr<const Plan> plan,
         const MapRequest& request);
  MapRun(const MapRun&) = delete;
  ~MapRun();

  /// Suspends until all bodies have ended. Throws `Cancelled` when the map itself was told to end.
  Task<MapOutcome> run();

 private:
  /// Where one body at a time is executed.
  struct Place final : FailureTolerance {
    explicit Place(MapRun& owner)
        : map(owner),
          path(LevelPath::of_item(owner.level_.path_, owner.node_.id(), owner.node_.executions)) {}
    bool tolerates_failure() override;

    MapRun& map;
    LevelPath path;
    std::unique_ptr<Level> level;  ///< kept from item to item where nothing of it outlives one
    Chain* chain = nullptr;        ///< of the present item
    int host = 0;
    bool has_failed = false;
    bool is_tolerated = false;
    std::string error;  ///< why it could not begin
  };

  void start_more();
  void start(std::size_t number);
  Task<void> run_in(Place& place, std::size_t number);
  Task<void> run_body(Place& place, std::size_t number);
  Task<void> open_level(Place& place, const Value& item);
  void end(Place& place, std::size_t number);
  int host_for(const Place& place, const Value& item);
  bool brings_object(const Value& item) const;
  void tell_progress();

  Value item(std::size_t number) const;
  std::int64_t index(std::size_t number) const;
  bool is_ending() const;

  Level& level_;
  RunState& run_;
  Chain& chain_;
  Instance& node_;
  std::shared_ptr<const Plan> plan_;
  const MapRequest& request_;
  const std::size_t count_;  ///< of bodies
  const std::size_t at_once_;
  CancelScope scope_;  ///< of all bodies
  JoinCount join_;
  std::vector<std::unique_ptr<Place>> places_;
  std::vector<Place*> free_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  std::size_t ended_ = 0;
  std::size_t failed_ = 0;
  bool is_over_ = false;  ///< no body begins any more
  MapOutcome outcome_;
  std::optional<SteadyTime> last_progress_;
};

}  // namespace vnode
