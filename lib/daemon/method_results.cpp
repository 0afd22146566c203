// run.results: what the nodes of an ended run have given.
#include <algorithm>
#include <array>

#include "async/event_loop.h"
#include "async/worker_pool.h"
#include "base/spelling.h"
#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/run_lookup.h"
#include "daemon/run_results.h"
#include "daemon/settings.h"
#include "engine/node_address.h"
#include "model/json_writer.h"
#include "model/members.h"
#include "store/store_thread.h"

namespace vnode {
namespace {

using ResultsAnswer = std::variant<Dict, RpcError>;

constexpr std::size_t kMostOutputs = 1000;

/// The instances as far as they are needed to find one.
Workflow named_nodes(const RunResults& results) {
  Workflow workflow;
  for (const Dict& line : results.nodes) {
    NodeInstance node;
    node.instance_id = Uuid::parse(text_view(line, "node_id")).value_or(Uuid());
    node.node_id = text_member(line, "node_type");
    node.parameters = with_node_name(text_view(line, "name"));
    workflow.nodes.push_back(std::move(node));
  }
  return workflow;
}

RpcError unknown_result(std::string message, std::string_view hint) {
  return daemon_error("unknown_result", with_hint(std::move(message), hint));
}

bool is_shortened(const Dict& line, std::string_view port) {
  const std::vector<std::string> shortened = texts_member(line, "truncated");
  return std::find(shortened.begin(), shortened.end(), port) != shortened.end();
}

/// `values` and `truncated` of the answer.
std::optional<RpcError> add_outputs(Dict& answer, const RunResults& results,
                                    const std::vector<std::string>& outputs) {
  const Workflow workflow = named_nodes(results);
  Dict values;
  std::vector<Value> truncated;
  std::size_t room = kMaxResultBytes;
  for (const std::string& output : outputs) {
    Problems problems;
    const std::optional<NodeAddress> address = resolve_address(workflow, output, problems);
    if (!address) return unknown_result(problems.front().message, problems.front().hint);
    const Dict& line = results.nodes[address->node];
    const std::span<const DictEntry> given = dict_member(line, "results");
    const auto found = std::find_if(given.begin(), given.end(), [&address](const DictEntry& entry) {
      return entry.key.as_text() == address->port;
    });
    if (found == given.end()) {
      std::vector<std::string> ports;
      for (const DictEntry& entry : given) ports.emplace_back(entry.key.as_text());
      return unknown_result(
          node_label(workflow.nodes[address->node]) + " has given nothing on '" + address->port + "'",
          spelling_hint(address->port, ports));
    }
    // All of them fit, but a result can be asked for by many names.
    const std::size_t size = json_size(found->value, room);
    if (size > room) {
      return daemon_error("line_too_long",
                          "these results do not fit into one answer; ask for fewer at a time");
    }
    room -= size;
    values.set(output, found->value);
    if (is_shortened(line, address->port)) truncated.emplace_back(output);
  }
  answer.set("values", std::move(values));
  answer.set("truncated", Value::list(std::move(truncated)));
  return std::nullopt;
}

/// `nodes` and `truncated` of the answer.
void add_nodes(Dict& answer, const RunResults& results) {
  std::vector<Value> nodes;
  std::vector<Value> truncated;
  for (const Dict& line : results.nodes) {
    for (const std::string& port : texts_member(line, "truncated")) {
      truncated.emplace_back(text_member(line, "node_id") + "." + port);
    }
    Dict node = line;
    node.erase("truncated");
    nodes.emplace_back(std::move(node));
  }
  answer.set("nodes", Value::list(std::move(nodes)));
  answer.set("truncated", Value::list(std::move(truncated)));
}

/// `stored`: what the store has of them; else they are in the file, if anywhere.
ResultsAnswer read_answer(const RunRow& row, const std::optional<std::string>& stored,
                          const std::string& path, const std::vector<std::string>& outputs) {
  const Result<RunResults> results =
      stored ? parse_results(*stored, row.id, row.attempt) : read_results(path, row.id, row.attempt);
  if (!results) {
    const bool is_absent = results.error().code == ErrorCode::kNotFound;
    return daemon_error("no_results",
                        "no results of the run " + row.id + " are kept: " +
                            (is_absent ? "it ended before it began, its daemon was killed, or none are "
                                         "to be kept (max_result_bytes)"
                                       : describe(results.error())),
                        {{"run_id", row.id}});
  }
  Dict answer{{"id", row.id},
              {"status", word(row.status)},
              {"attempt", row.attempt},
              {"limit", results->limit},
              {"left_out", results->left_out}};
  if (outputs.empty()) {
    add_nodes(answer, *results);
  } else if (std::optional<RpcError> wrong = add_outputs(answer, *results, outputs)) {
    return std::move(*wrong);
  }
  return answer;
}

constexpr std::array kResultsParams = {
    kRunParam, ParamSpec{.name = "outputs",
                         .kind = ParamKind::kTexts,
                         .summary = "only these, each NODE.PORT; an error when there is none"}};
constexpr std::string_view kResultsResult = R"json({
  "required": ["id", "status", "attempt", "limit", "truncated", "left_out"],
  "properties": {
    "id": {"type": "string"},
    "status": {"type": "string"},
    "attempt": {"type": "integer", "minimum": 1},
    "limit": {"type": "integer", "minimum": 0},
    "truncated": {"type": "array", "items": {"type": "string"}},
    "left_out": {"type": "integer", "minimum": 0},
    "nodes": {"type": "array", "items": {
      "type": "object",
      "required": ["node_id", "node_type", "results"],
      "properties": {
        "node_id": {"type": "string"},
        "node_type": {"type": "string"},
        "name": {"type": "string"},
        "results": {"type": "object"}
      }
    }},
    "values": {"type": "object"}
  }
})json";

/// A file is read, and what it holds taken apart, beside the loop: it may be large.
void answer_from(DaemonCore& core, const Reply& reply, const RunRow& row, std::optional<std::string> stored,
                 const std::vector<std::string>& outputs) {
  core.background.submit([&core, reply, row, outputs, stored = std::move(stored),
                          path = results_path(core.book.event_path(row.id))] {
    auto answer = std::make_shared<ResultsAnswer>(read_answer(row, stored, path, outputs));
    core.loop.post([reply, answer] {
      if (const auto* error = std::get_if<RpcError>(answer.get())) return reply.error(*error);
      reply.result(std::get<Dict>(*answer));
    });
  });
}

void run_results(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const std::vector<std::string> outputs = texts_member(params, "outputs");
  if (outputs.size() > kMostOutputs) {
    return reply.error({RpcErrorCode::kInvalidParams, "invalid_params", "outputs: more than 1,000 at once"});
  }
  with_run(core, params, reply, [&core, reply, outputs](const RunRow& row, const LiveRun*) {
    if (!row.completed_at) {
      return reply.error(
          daemon_error("not_ended", "the run " + row.id + " has not ended", {{"run_id", row.id}}));
    }
    using Stored = std::optional<std::string>;
    const auto query = [id = row.id](RunStore& store) { return store.results(id); };
    core.store.read<Stored>(query, [&core, reply, outputs, row](Result<Stored> stored) {
      if (!stored) return reply.error(daemon_error("store_unavailable", describe(stored.error())));
      answer_from(core, reply, row, std::move(*stored), outputs);
    });
  });
}

constexpr std::array kMethodsOfResults = {
    Method{.spec = {.name = "run.results",
                    .summary = "what the nodes of a run that has ended have given",
                    .params = kResultsParams,
                    .result = kResultsResult},
           .handler = run_results},
};

}  // namespace

std::span<const Method> result_methods() { return kMethodsOfResults; }

}  // namespace vnode
