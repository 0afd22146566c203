#include "apps/vnode/show/resume_table.h"

#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/text_table.h"

namespace vnode {
namespace {

std::string action_text(const ResumeRow& row) {
  std::string text;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  const auto counted = [](const char* word, std::size_t count) {
    return count > 1 ? word + (" " + std::to_string(count)) : std::string(word);
  };
  if (row.taken > 0) add(counted("taken", row.taken));
  if (row.computed > 0) add(counted("computed", row.computed));
  if (row.runs) add("runs");
  if (row.is_open && !row.runs) add(text.empty() ? "unknown" : "then unknown");
  return text.empty() ? "not reached" : text;
}

}  // namespace

std::string_view resume_action(const ResumeRow& row) {
  if (row.runs) return "runs";
  if (row.taken > 0) return "taken";
  if (row.computed > 0) return "computed";
  return row.is_open ? "unknown" : "not_reached";
}

std::string resume_table_text(const std::vector<ResumeRow>& rows, const std::string& journal) {
  TextRows cells = {{"NODE", "WHAT", "WHY"}};
  for (const ResumeRow& row : rows)
    cells.push_back({harmless_line(row.word), action_text(row), harmless_line(row.reason)});
  return "going on from " + harmless_line(journal) + ":\n" + table_text(cells, "  ");
}

Value resume_row_value(const ResumeRow& row) {
  Dict value{{"node", row.word}, {"node_id", row.node_id}, {"action", resume_action(row)}};
  if (row.is_inner) value.set("inner", true);
  if (row.taken > 0) value.set("taken", static_cast<std::int64_t>(row.taken));
  if (row.computed > 0) value.set("computed", static_cast<std::int64_t>(row.computed));
  if (!row.reason.empty()) value.set("reason", row.reason);
  if (row.is_open && (row.taken > 0 || row.computed > 0)) value.set("then", "unknown");
  return value;
}

}  // namespace vnode
