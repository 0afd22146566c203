#include <algorithm>

#include "base/spelling.h"
#include "model/lenient.h"
#include "model/node_definition.h"
#include "model/value_ops.h"
#include "node/node_limits.h"
#include "validate/checks.h"

namespace vnode {
namespace {

constexpr std::string_view kSettings = "__vnode__";

/// Looked at for nodes that a runtime executes (rule 28).
constexpr std::string_view kBlocking = "blocking";

constexpr std::string_view kRetries = "retries";

/// What declares parameters of the workflow (engine rule 47).
constexpr std::string_view kParameters = "parameters";

const std::vector<std::string>& known_settings() {
  static const std::vector<std::string> known = [] {
    std::vector<std::string> names(node_limit_names().begin(), node_limit_names().end());
    names.emplace_back(kBlocking);
    names.emplace_back(kErrorLogs);
    names.emplace_back(kParameters);
    return names;
  }();
  return known;
}

/// The settings of one instance.
class SettingsCheck {
 public:
  SettingsCheck(const Subject& subject, NodeIndex node, ProblemList& problems)
      : subject_(subject), node_(node), problems_(problems) {}

  void run(const Value& settings) {
    if (!settings.is_dict()) {
      if (truthy(settings)) {
        report(Severity::kError, "bad_setting", "", "must be an object", "write {}, or leave it out");
      }
      return;
    }
    for (const DictEntry& entry : settings.as_entries()) check(to_text(entry.key), entry.value);
    check_limits(settings);
  }

 private:
  void check(const std::string& key, const Value& value) {
    if (key == kBlocking) return check_blocking(value);
    if (key == kErrorLogs) return check_error_logs(value);
    if (key == kParameters) return check_parameter_ports(value);
    if (is_node_limit(key)) return;
    // A limit that is lost in silence would be found out in the middle of a night.
    report(Severity::kError, "bad_setting", key, "there is no such setting of a node",
           spelling_advice(key, known_settings(), "there are"));
  }

  /// Rules 35 to 37.
  void check_limits(const Value& settings) {
    Problems mistakes;
    const NodeLimits limits = read_node_limits(MemberReader(settings, "", mistakes, ""));
    for (const Problem& mistake : mistakes) {
      const std::string key = mistake.pointer.substr(1, mistake.pointer.find('/', 1) - 1);
      report(Severity::kError, "bad_setting", key, mistake.message, "");
    }
    const NodeType* type = subject_.view(node_).type;
    if (!type) return;
    const bool repeats = limits.retries.value_or(0) > 0;
    if (type->contents == NodeType::Contents::kLoop && repeats)
      report(Severity::kError, "bad_setting", std::string(kRetries), "a loop is not tried again",
             "set it for nodes of its body");
    if (type->contents != NodeType::Contents::kNone && limits.has_resources())
      report(Severity::kError, "bad_setting", "resources", "loops and groups need none by themselves",
             "set it for the nodes inside");
    if (repeats && type->runtime && type->runtime->can_push_before_failing() &&
        !limits.is_idempotent.value_or(false)) {
      report(Severity::kNote, "retries_before_pushes", std::string(kRetries),
             "a try that has pushed a value before it failed is not repeated",
             R"(say "idempotent": true where that may be done twice)");
    }
  }

  /// Rule 22.
  void check_error_logs(const Value& value) {
    const std::string_view word = value.is_text() ? value.as_text() : std::string_view();
    if (word != kFailErrorLogs && word != kReportErrorLogs)
      report(Severity::kError, "bad_setting", std::string(kErrorLogs), "must be \"fail\" or \"report\"", "");
  }

  /// What is declared there is read with the document; here that the ports can take it.
  void check_parameter_ports(const Value& declarations) {
    if (!declarations.is_dict()) return;
    for (const DictEntry& entry : declarations.as_entries()) check_parameter_port(to_text(entry.key));
  }

  void check_parameter_port(const std::string& name) {
    const auto refuse = [&](const std::string& what, const std::string& hint) {
      report(Severity::kError, "bad_setting", std::string(kParameters), "'" + name + "': " + what, hint,
             name);
    };
    for (const WireIndex wire : subject_.graph().data_in(node_)) {
      if (subject_.workflow().connections[wire].to_port != name) continue;
      return refuse("the input is wired and takes its value from there",
                    "declare the parameter at the other end, or remove the wire");
    }
    const NodeView& view = subject_.view(node_);
    if (!view.ports || view.type->takes_any_input) return;
    // Classes may have others than their file says.
    if (view.type->runtime && !view.type->definition.command) return;
    const Port* input = view.ports->input(name);
    if (input && !input->is_exec()) return;
    refuse("there is no such input that can be set", view.ports->advise_input(name));
  }

  void check_blocking(const Value& value) {
    if (!lenient_bool(value)) {
      report(Severity::kError, "bad_setting", std::string(kBlocking), "must be true or false", "");
    } else if (subject_.view(node_).type && !subject_.view(node_).type->runtime) {
      report(Severity::kWarning, "unused_setting", std::string(kBlocking),
             "it means nothing for a native node", "remove it");
    }
  }

  void report(Severity severity, std::string_view code, const std::string& key, const std::string& what,
              const std::string& hint, std::string_view inside = {}) {
    problems_.add(severity, code, [&] {
      const std::string pointer = node_pointer(node_) + "/parameters/" + std::string(kSettings);
      const std::string place = key.empty() ? pointer : join_pointer(pointer, key);
      return Problem{.pointer = inside.empty() ? place : join_pointer(place, inside),
                     .message = subject_.label(node_) + ": its " +
                                (key.empty() ? "settings" : "setting '" + key + "'") + ": " + what,
                     .hint = hint,
                     .node = subject_.label(node_)};
    });
  }

  const Subject& subject_;
  NodeIndex node_;
  ProblemList& problems_;
};

}  // namespace

void check_settings(const Subject& subject, ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.workflow().nodes.size(); ++node) {
    const Value* settings = subject.node(node).parameters.find(kSettings);
    if (settings) SettingsCheck(subject, node, problems).run(*settings);
  }
}

}  // namespace vnode
