// The parallel map: engine rules 44 to 46 say what it does, this file what its inputs and outputs are.
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "model/number_text.h"
#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/conversions.h"
#include "nodes/loop_items.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

constexpr std::string_view kMaxConcurrency = "max_concurrency";
constexpr std::string_view kBatchSize = "batch_size";
constexpr std::string_view kOnError = "on_error";

constexpr std::string_view kTolerances =
    "\"stop\", \"continue\", \"cancel\", how many bodies may fail (3), or which share of them (\"20%\")";

/// A number of things; nullopt for what is none.
std::optional<std::size_t> read_count(const Value& value, std::size_t least) {
  if (value.is_bool()) return std::nullopt;
  if (value.is_float() && value.as_float() != std::floor(value.as_float())) return std::nullopt;
  const Result<std::int64_t> count = to_int64(value);
  if (!count || *count < static_cast<std::int64_t>(least)) return std::nullopt;
  return static_cast<std::size_t>(*count);
}

/// "20%" of so many; nullopt for what is no share.
std::optional<std::size_t> read_share(std::string_view text, std::size_t bodies) {
  if (!text.ends_with('%')) return std::nullopt;
  const Result<double> percent = to_float(Value(std::string(text.substr(0, text.size() - 1))));
  if (!percent || !(*percent >= 0 && *percent <= 100)) return std::nullopt;
  // A share that comes to a whole number of them is not to be missed by a rounding.
  return static_cast<std::size_t>(std::floor(*percent * static_cast<double>(bodies) / 100.0 + 1e-9));
}

std::optional<MapTolerance> read_tolerance(const Value& on_error, std::size_t bodies) {
  using Beyond = MapTolerance::Beyond;
  if (on_error.is_none()) return MapTolerance{};
  if (on_error.is_text()) {
    const std::string_view word = on_error.as_text();
    if (word == "stop" || word.empty()) return MapTolerance{};
    if (word == "continue") return MapTolerance{0, Beyond::kContinue};
    if (word == "cancel") return MapTolerance{0, Beyond::kCancel};
    if (const auto share = read_share(word, bodies)) return MapTolerance{*share};
  }
  if (const auto count = read_count(on_error, 0)) return MapTolerance{*count};
  return std::nullopt;
}

NodeFailure bad_input(std::string_view port, const Value& value, std::string_view wanted) {
  return NodeFailure(std::string(port) + ": " + brief(value) + " is not " + std::string(wanted), "bad_input");
}

/// Null, or a mistake in a saved value, as `validate` has it.
void check_saved_map(std::string_view input, const Value& saved, const std::string& pointer,
                     Problems& problems) {
  const auto report = [&](std::string_view wanted) {
    problems.push_back(
        {.code = "bad_value",
         .pointer = pointer,
         .message = std::string(input) + " is " + brief(saved) + ", not " + std::string(wanted)});
  };
  if (input == kMaxConcurrency && !read_count(saved, 0))
    report("how many bodies go on at once (0: as many as -j)");
  if (input == kBatchSize && !read_count(saved, 1)) report("how many items a body gets, 1 or more");
  if (input == kOnError && !read_tolerance(saved, 1)) report(kTolerances);
}

MapRequest read_request(NodeContext& node) {
  MapRequest request;
  const Value& at_once = node.input(kMaxConcurrency);
  const Value& batch = node.input(kBatchSize);
  const std::optional<std::size_t> bodies_at_once = at_once.is_none() ? 0 : read_count(at_once, 0);
  if (!bodies_at_once) throw bad_input(kMaxConcurrency, at_once, "how many bodies go on at once");
  request.at_once = *bodies_at_once;
  const std::optional<std::size_t> batch_size = batch.is_none() ? 1 : read_count(batch, 1);
  if (!batch_size) throw bad_input(kBatchSize, batch, "how many items a body gets");
  request.batch_size = *batch_size;
  request.items = loop_items(node, node.input("collection"));
  const Value& on_error = node.input(kOnError);
  const std::optional<MapTolerance> tolerance = read_tolerance(on_error, request.bodies());
  if (!tolerance) throw bad_input(kOnError, on_error, kTolerances);
  request.tolerance = *tolerance;
  request.is_failure_handled = node.is_output_wired("exec_fail");
  return request;
}

Value failed_items(const MapOutcome& outcome) {
  std::vector<Value> items;
  for (const MapOutcome::FailedItem& failed : outcome.failed) {
    Dict entry;
    entry.set("index", Value(failed.index));
    entry.set("item", failed.item);
    entry.set("error", Value(failed.error));
    items.emplace_back(std::move(entry));
  }
  return Value::list(std::move(items));
}

std::string failure_text(const MapOutcome& outcome, std::size_t bodies) {
  const MapOutcome::FailedItem& first = outcome.failed.front();
  return std::to_string(outcome.failed.size()) + " of " + std::to_string(bodies) +
         " items failed; the first, item " + std::to_string(first.index) + " (" + brief(first.item) +
         "): " + first.error;
}

Task<Outputs> run_parallel_map(NodeContext& node) {
  const MapRequest request = read_request(node);
  const std::size_t bodies = request.bodies();
  MapOutcome outcome = co_await node.run_map(request);
  Outputs outputs;
  const Value results = Value::list(std::move(outcome.results));
  const Value failed = failed_items(outcome);
  outputs.append("results", results);
  outputs.append("failed_items", failed);
  co_await node.set_output("results", results);
  co_await node.set_output("failed_items", failed);
  if (!outcome.has_failed) {
    if (!outcome.failed.empty()) node.log_warning(failure_text(outcome, bodies));
    if (bodies > 0) node.log_success("Mapped " + std::to_string(bodies) + " items");
    co_await node.fire("exec_on_finished");
    co_return outputs;
  }
  const NodeFailure failure(failure_text(outcome, bodies), "map_failed");
  if (!request.is_failure_handled) throw failure;
  node.handle_failure(failure);
  co_await node.fire("exec_fail");
  co_return outputs;
}

}  // namespace

void add_parallel_map_nodes(NodeLibrary& library) {
  library.add({.definition = {.node_id = "Parallel For Each",
                              .name = "Parallel For Each",
                              .category = "Flow",
                              .description = "Runs each_item for every item of a list, several at once.",
                              .use_exec = false,
                              .inputs = {{"exec_in", "exec"},
                                         {"collection"},
                                         {std::string(kMaxConcurrency), "int", 0, "int"},
                                         {std::string(kBatchSize), "int", 1, "int"},
                                         {std::string(kOnError), "any", "stop", "text"},
                                         {"result"}},
                              .outputs = {{"each_item", "exec"},
                                          {"exec_on_finished", "exec"},
                                          {"exec_fail", "exec"},
                                          {"current_item"},
                                          {"current_index", "int"},
                                          {"results", "list"},
                                          {"failed_items", "list"}}},
               .execute = run_parallel_map,
               .check_saved = check_saved_map,
               .contents = NodeType::Contents::kLoop});
}

}  // namespace vnode
