#include "daemon/run_dependencies.h"

#include <algorithm>
#include <utility>

#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

bool has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Value id_list(const std::vector<std::string>& ids) {
  return Value::list(std::vector<Value>(ids.begin(), ids.end()));
}

}  // namespace

Dependencies Dependencies::read(std::string_view json) {
  if (json.empty()) return {};
  const Result<Value> read = parse_json(json);
  if (!read) return {};
  return {texts_member(*read, "after"), texts_member(*read, "after_any"), texts_member(*read, "met")};
}

std::string Dependencies::json() const {
  if (is_empty()) return {};
  std::string text;
  append_json(text,
              Dict{{"after", id_list(after)}, {"after_any", id_list(after_any)}, {"met", id_list(met)}});
  return text;
}

std::vector<std::string> Dependencies::open() const {
  std::vector<std::string> ids;
  for (const auto* some : {&after, &after_any}) {
    for (const std::string& id : *some) {
      if (!has(met, id) && !has(ids, id)) ids.push_back(id);
    }
  }
  return ids;
}

void RunDependencies::add(const std::string& run, Dependencies dependencies) {
  for (const std::string& id : dependencies.open()) waiting_[id].insert(run);
  runs_[run] = std::move(dependencies);
}

void RunDependencies::remove(const std::string& run) {
  const auto found = runs_.find(run);
  if (found == runs_.end()) return;
  for (const std::string& id : found->second.open()) {
    const auto waiting = waiting_.find(id);
    if (waiting == waiting_.end()) continue;
    waiting->second.erase(run);
    if (waiting->second.empty()) waiting_.erase(waiting);
  }
  runs_.erase(found);
}

const Dependencies* RunDependencies::find(const std::string& run) const {
  const auto found = runs_.find(run);
  return found == runs_.end() ? nullptr : &found->second;
}

std::vector<std::string> RunDependencies::waiting_for(const std::string& id) const {
  const auto waiting = waiting_.find(id);
  if (waiting == waiting_.end()) return {};
  return {waiting->second.begin(), waiting->second.end()};
}

RunDependencies::Verdict RunDependencies::judge(const std::string& run, const std::string& id,
                                                const DependencyState& state) {
  const auto found = runs_.find(run);
  if (found == runs_.end()) return Verdict::kWaits;
  Dependencies& dependencies = found->second;
  const bool must_end_well = has(dependencies.after, id);
  if (has(dependencies.met, id) || (!must_end_well && !has(dependencies.after_any, id)))
    return Verdict::kWaits;
  if (must_end_well && state.has_failed) {
    remove(run);
    return Verdict::kFailed;
  }
  if (!state.has_ended) return Verdict::kWaits;
  const auto waiting = waiting_.find(id);
  waiting->second.erase(run);
  if (waiting->second.empty()) waiting_.erase(waiting);
  dependencies.met.push_back(id);
  return dependencies.open().empty() ? Verdict::kReady : Verdict::kMet;
}

}  // namespace vnode
