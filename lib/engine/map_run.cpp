#include "engine/map_run.h"

#include <algorithm>

#include "engine/execution.h"
#include "model/value_objects.h"

namespace vnode {
namespace {

/// Of its own reports; those of nodes inside come beside.
constexpr Duration kMapReportInterval = std::chrono::milliseconds(100);

std::string opening_error(const Problems& problems) {
  const auto found = std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.severity == Severity::kError;
  });
  return found == problems.end() ? "it cannot begin" : found->message;
}

/// The body has nodes whose code lives in processes of the run.
bool has_process_nodes(const Plan& plan) {
  const std::vector<PlanNode>& nodes = plan.data().nodes;
  return std::any_of(nodes.begin(), nodes.end(), [](const PlanNode& node) {
    return !node.in_frame && node.type->runtime && node.type->runtime->holds_parameters();
  });
}

}  // namespace

MapRun::MapRun(Level& level, Chain& chain, Instance& node, std::shared_ptr<const Plan> plan,
               const MapRequest& request)
    : level_(level),
      run_(level.run_),
      chain_(chain),
      node_(node),
      plan_(std::move(plan)),
      request_(request),
      count_(request.bodies()),
      at_once_(request.at_once > 0 ? request.at_once : run_.services.workers.threads()),
      scope_(chain.scope) {
  outcome_.results.resize(count_);
}

MapRun::~MapRun() {
  for (const std::unique_ptr<Place>& place : places_) {
    if (place->host != level_.host()) run_.runtimes.give_host(place->host);
  }
}

Task<MapOutcome> MapRun::run() {
  start_more();
  if (running_ > 0) co_await JoinAwaiter{run_.scheduler, chain_, join_};
  run_.throw_if_stopped(chain_);
  std::sort(outcome_.failed.begin(), outcome_.failed.end(),
            [](const auto& a, const auto& b) { return a.index < b.index; });
  outcome_.has_failed = failed_ > request_.tolerance.allowed;
  co_return std::move(outcome_);
}

bool MapRun::is_ending() const { return is_over_ || run_.is_stopped() || scope_.is_cancelled(); }

/// Items begin in order, each on a chain of its own at the end of the ready queue.
void MapRun::start_more() {
  while (running_ < at_once_ && next_ < count_ && !is_ending()) start(next_++);
}

void MapRun::start(std::size_t number) {
  if (free_.empty()) {
    Place& place = *places_.emplace_back(std::make_unique<Place>(*this));
    // The first one goes on where the map itself is.
    const bool is_first = places_.size() == 1 || !plan_->data().has_runtimes;
    place.host = is_first ? level_.host() : run_.runtimes.take_host();
    free_.push_back(&place);
  }
  Place& place = *free_.back();
  free_.pop_back();
  ++running_;
  place.has_failed = place.is_tolerated = false;
  place.error.clear();
  place.path.iteration = index(number);
  place.chain = &run_.scheduler.spawn(run_in(place, number), &join_);
  place.chain->parent = &chain_;
  place.chain->scope = &scope_;
  chain_.children.push_back(place.chain);
}

Task<void> MapRun::run_in(Place& place, std::size_t number) {
  try {
    co_await run_body(place, number);
  } catch (const Cancelled&) {
    // Its nodes have told of it.
  }
  end(place, number);
}

Task<void> MapRun::run_body(Place& place, std::size_t number) {
  const Value value = item(number);
  if (is_ending()) co_return;
  if (place.level) {
    place.level->prepare_item();
  } else {
    co_await open_level(place, value);
  }
  if (!place.level) co_return;
  std::exception_ptr failure;
  try {
    co_await place.level->execute_item(*place.chain, value, index(number));
    // Before the level is gone: what its code has done with variables.
    if (place.level->runtime_level_) co_await place.level->runtime_level_->read_variables();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure && !place.has_failed) outcome_.results[number] = place.level->item_result();
  if (place.has_failed && !place.level->errors().empty()) place.error = place.level->errors().front();
  // What a failure has logged is handled with it (rule 22).
  if (!place.has_failed || !place.is_tolerated) level_.error_logs_of(node_).add(place.level->error_logs());
  place.level->give_templates();
  if (place.level->runtime_level_) place.level.reset();
  if (failure) std::rethrow_exception(failure);
}

Task<void> MapRun::open_level(Place& place, const Value& item) {
  const int host = host_for(place, item);
  std::shared_ptr<const Plan> plan = plan_;
  Problems problems;
  std::unique_ptr<RuntimeLevel> runtime_level =
      co_await RuntimeLevel::open(run_, &place.path, plan, host, problems);
  if (has_errors(problems)) {
    place.error = opening_error(problems);
    place.tolerates_failure();
    level_.log(node_, LogLevel::kWarning,
               "Item " + std::to_string(*place.path.iteration) + ": " + place.error);
    co_return;
  }
  plan_ = plan;  // as its instances have turned out to be
  place.level = std::make_unique<Level>(run_, std::move(plan),
                                        LevelContext{.path = &place.path,
                                                     .reports_error_logs = level_.reports_error_logs(node_),
                                                     .outer = &level_,
                                                     .node = &node_,
                                                     .tolerance = &place,
                                                     .host = host},
                                        std::move(runtime_level));
}

void MapRun::end(Place& place, std::size_t number) {
  --running_;
  ++ended_;
  free_.push_back(&place);
  if (place.has_failed) {
    if (place.error.empty()) place.error = "a node of the body did not run";
    outcome_.failed.push_back({index(number), item(number), place.error});
    if (failed_ > request_.tolerance.allowed) {
      is_over_ = request_.tolerance.beyond != MapTolerance::Beyond::kContinue;
      if (request_.tolerance.beyond == MapTolerance::Beyond::kCancel) run_.scheduler.cancel(scope_);
    }
  }
  tell_progress();
  start_more();
}

/// The first failure of a body decides for all of it.
bool MapRun::Place::tolerates_failure() {
  if (!std::exchange(has_failed, true)) {
    ++map.failed_;
    is_tolerated = map.request_.is_failure_handled || map.failed_ <= map.request_.tolerance.allowed;
  }
  return is_tolerated;
}

/// Rule 46: an object of the Python of one process means nothing in another one.
int MapRun::host_for(const Place& place, const Value& item) {
  if (place.host == level_.host() || !has_process_nodes(*plan_) || !brings_object(item)) return place.host;
  if (run_.is_new_remark("objects in the body of " + node_.id().text()))
    level_.log(
        node_, LogLevel::kInfo,
        "Its body receives a Python object, so it is executed in the process of the run itself, not beside "
        "others in processes of their own");
  return level_.host();
}

bool MapRun::brings_object(const Value& item) const {
  if (has_foreign_object(item)) return true;
  const PlanFrame& frame = *plan_->data().frame;
  return std::any_of(frame.inputs.begin(), frame.inputs.end(), [&](const auto& input) {
    const Instance& source = level_.instance(frame.outer_nodes[input.first]);
    return has_foreign_object(source.results[input.second]);
  });
}

void MapRun::tell_progress() {
  if (!run_.emitter.wants_node_events() || run_.is_stopped(chain_)) return;
  const SteadyTime now = run_.services.clock.steady_now();
  if (ended_ < count_ && last_progress_ && now - *last_progress_ < kMapReportInterval) return;
  last_progress_ = now;
  std::string message = std::to_string(ended_) + " of " + std::to_string(count_);
  if (failed_ > 0) message += ", " + std::to_string(failed_) + " failed";
  level_.emit(node_, NodeProgress{static_cast<double>(ended_) / static_cast<double>(count_), message});
}

std::int64_t MapRun::index(std::size_t number) const {
  return static_cast<std::int64_t>(number * request_.batch_size);
}

Value MapRun::item(std::size_t number) const {
  const std::span<const Value> items = request_.items.as_list();
  if (request_.batch_size == 1) return items[number];
  const std::size_t begin = number * request_.batch_size;
  const std::size_t end = std::min(begin + request_.batch_size, items.size());
  return Value::list(std::vector<Value>(items.begin() + static_cast<std::ptrdiff_t>(begin),
                                        items.begin() + static_cast<std::ptrdiff_t>(end)));
}

}  // namespace vnode
