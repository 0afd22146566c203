#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/parameter.h"
#include "model/resource_amounts.h"
#include "model/value.h"

namespace vnode {

/// What a job template of Open Job Description is made of (`jobtemplate-2023-09`).
struct OpenJdJob {
  std::string name;      ///< of the job and its step; what is not allowed in one is left out
  std::string document;  ///< the workflow, as JSON
  std::vector<Parameter> parameters;
  std::string map;  ///< the parameter that each task has a value of its own of; empty: one task
  std::optional<std::string> values;  ///< of it: frames, or names with commas; none: the parameter's default
  std::size_t chunk = 1;              ///< frames of a task
  std::optional<Duration> timeout;    ///< of a task
  Duration grace{};                   ///< what a task gets to end in order
  ResourceAmounts needed = {};        ///< that a host has to have for the nodes (needed_resources.h)
  ResourceAmounts resources = {};     ///< the same as somebody says it, which counts instead
};

struct OpenJdTemplate {
  Dict document;
  std::vector<std::string> notes;  ///< what the template cannot say as the workflow does
};

/// The template: workflow parameters become job parameters, the map a parameter space (frames in chunks,
/// which who submits the job can set; anything else a list of values), and `vnode run --progress openjd` the
/// action. Errors: kUsage, for what does not fit into the limits of such templates.
Result<OpenJdTemplate> make_openjd_template(const OpenJdJob& job);

/// The text as one in which an agent finds nothing to replace: JSON stays the same JSON.
std::string without_format_expressions(std::string_view json);

}  // namespace vnode
