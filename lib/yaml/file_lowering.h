#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/value_builder.h"
#include "validate/subject.h"
#include "yaml/core_schema.h"
#include "yaml/yaml_workflow.h"

namespace vnode {

/// Nobody reads more of them, and a large file of another kind may have millions.
inline constexpr std::size_t kMostProblems = 1000;

/// What the lowering of one workflow shares among its files.
struct Lowering {
  Lowering(const Registry& registry, const YamlReadingOptions& wanted) : types(registry), options(wanted) {}

  TypeCache types;
  const YamlReadingOptions& options;
  Problems problems = {};
  std::size_t untold = 0;  ///< problems beyond kMostProblems
  SourcePlace last_untold = {};
  WordCache words = {};
  std::string root_folder = {};         ///< of the first file: `use` does not lead out of it
  std::vector<std::string> files = {};  ///< that are being read, the outermost first
  std::size_t used_files = 0;           ///< how often one was embedded
};

/// The parameters of a file that is used as a group, and what stands for them.
struct UsedParameters {
  struct Entry {
    std::string name;
    std::string type;
    Value value = Value::unset();  ///< unset: a wire brings it
  };
  std::vector<Entry> entries;

  const Entry* find(std::string_view name) const;
};

/// One file that is being lowered. Refers to the shared part.
class FileLowering {
 public:
  FileLowering(Lowering& lowering, std::shared_ptr<const YamlSource> source, YamlTree tree)
      : shared(lowering), source(std::move(source)), tree(std::move(tree)) {}

  void report(YamlFault fault, Severity severity = Severity::kError) const;
  FaultSink sink() const {
    return [this](YamlFault fault) { report(std::move(fault)); };
  }
  std::uint32_t at(YamlIndex index) const { return tree[index].at; }

  /// True when it is a map; otherwise a problem, unless it is null.
  bool expect_map(YamlIndex index, const std::string& what) const;
  /// A key that is none.
  void report_unknown_key(YamlIndex key, const std::vector<std::string>& known,
                          const std::string& what) const;
  /// A value for the document; `is_text`: a plain scalar is a text. In a file that is used, texts get what
  /// stands for the parameters in them.
  Value value(YamlIndex index, bool is_text) const;
  /// The parameter of the used file that the whole text stands for; else null.
  const UsedParameters::Entry* whole_parameter(YamlIndex index) const;

  Lowering& shared;
  const std::shared_ptr<const YamlSource> source;
  const YamlTree tree;
  const UsedParameters* parameters = nullptr;  ///< of a file that is used

 private:
  Value with_parameters(const Value& value, std::uint32_t place) const;
  Value text_with_parameters(std::string_view text, std::uint32_t place) const;
};

}  // namespace vnode
