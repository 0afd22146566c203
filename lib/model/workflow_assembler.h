#pragma once

#include <array>
#include <string>
#include <string_view>

#include "model/entry_reader.h"
#include "model/workflow_reader.h"

namespace vnode {

/// Puts a workflow together from the parts of a document, whichever way they come, and collects what is wrong
/// with them. All rules about fields and types are behind this class; the readers in front of it only find
/// the parts.
class WorkflowAssembler {
 public:
  /// `pointer`: where the document stands in an outer one.
  explicit WorkflowAssembler(std::string_view pointer);

  /// The value of a top-level key. A key that comes again starts afresh: the last of duplicate keys wins.
  void set(const Value& key, const Value& value);

  /// For the two long lists, entry by entry instead of as one value: true when `key` is one of them, which
  /// then takes the entries that `add` brings.
  bool start_list(std::string_view key);
  void add(const Value& entry);

  /// An error that concerns the document as a whole.
  void fail(std::string code, std::string message, std::string hint);

  /// The result, once all parts are there; `is_whole` is false when the reading ended early.
  WorkflowReading finish(bool is_whole);

 private:
  enum Part { kNodes, kConnections, kStickyNotes, kBackdrops, kMetadata, kPartCount };

  static Part find_part(std::string_view key);
  void start(Part part);
  void set_list(Part part, const Value& value);
  void add_node(const Value& entry);
  void add_connection(const Value& entry);
  void check_note(const Value& entry, std::size_t index);
  void check_backdrop(const Value& entry, std::size_t index);
  void refuse(Part part, std::string_view expected, const Value& found);
  void check_duplicate_ids();
  void collect_findings(Problems& problems, bool is_whole);
  void add_unknown_keys_warning(const Findings& unknown, Problems& problems) const;
  bool is_node_definition() const;
  bool is_foreign() const;
  void fail_foreign();
  std::string near_part() const;

  std::string pointer_;
  std::array<std::string, kPartCount> pointers_;  ///< of the parts
  std::array<Findings, kPartCount> findings_;
  Problems document_problems_;
  Part current_ = kNodes;
  std::array<bool, kPartCount> is_there_{};  ///< which parts the document has
  Workflow workflow_;
};

}  // namespace vnode
