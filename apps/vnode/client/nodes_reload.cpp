#include "apps/vnode/client/nodes_reload.h"

#include "apps/vnode/terminal/print.h"
#include "model/members.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// A remark: a text, or what a `LoadNote` says.
std::string note_text(const Value& note) {
  if (note.is_text()) return std::string(note.as_text());
  const std::string file = text_member(note, "file");
  const std::string message = text_member(note, "message");
  if (message.empty()) return to_text(note);
  return file.empty() ? message : file + ": " + message;
}

}  // namespace

ExitCode reload_nodes(const ClientOptions& settings, Diagnostics& diagnostics) {
  Value reply;
  const ExitCode code = ask_daemon(settings, "nodes.reload", {}, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.is_json()) return print_json(reply, diagnostics);
  for (const Value& note : list_member(reply, "notes")) diagnostics.warning(note_text(note));
  return print(std::to_string(integer_member(reply, "nodes").value_or(0)) + " node types\n", diagnostics);
}

}  // namespace vnode
