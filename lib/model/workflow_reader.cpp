#include "model/workflow_reader.h"

#include <utility>

#include "model/json_reader.h"
#include "model/lenient.h"
#include "model/value_builder.h"
#include "model/workflow_assembler.h"

namespace vnode {
namespace {

void refuse_document(WorkflowAssembler& assembler, const std::string& found) {
  assembler.fail("wrong_type", "a workflow must be an object, but this is " + found,
                 "an empty workflow is {}");
}

/// Finds the parts of a workflow in the events of a JSON text. Nodes and connections are handed over one by
/// one, so that there is never a tree of the whole document; anything else is small and handed over as a
/// value.
class TextFrontEnd final : public JsonHandler {
 public:
  explicit TextFrontEnd(WorkflowAssembler& assembler) : assembler_(assembler) {}

  bool on_scalar(Value value) override {
    if (place_ == Place::kOutside) return refuse(describe_found(value));
    builder_.on_scalar(std::move(value));
    return hand_over();
  }

  bool on_object_start() override {
    if (place_ == Place::kOutside) {
      place_ = Place::kDocument;
      return true;
    }
    ++depth_;
    return builder_.on_object_start();
  }

  bool on_key(std::string_view key) override {
    if (depth_ > 0) return builder_.on_key(key);
    key_ = Value(key);
    return true;
  }

  bool on_object_end() override {
    if (depth_ == 0) return true;  // of the document
    --depth_;
    builder_.on_object_end();
    return hand_over();
  }

  bool on_array_start() override {
    if (place_ == Place::kOutside) return refuse("a list");
    if (place_ == Place::kDocument && depth_ == 0 && assembler_.start_list(key_.as_text())) {
      place_ = Place::kList;
      return true;
    }
    ++depth_;
    return builder_.on_array_start();
  }

  bool on_array_end() override {
    if (depth_ == 0) {
      place_ = Place::kDocument;
      return true;
    }
    --depth_;
    builder_.on_array_end();
    return hand_over();
  }

  Error take_error() override { return {ErrorCode::kBadDocument, {}}; }

  /// True when the reading ended because the document is no object; the assembler knows about it.
  bool is_refused() const { return is_refused_; }

 private:
  enum class Place {
    kOutside,   ///< before the document's first bracket
    kDocument,  ///< in the document: keys and their values
    kList,      ///< in `nodes` or `connections`: entries
  };

  bool refuse(const std::string& found) {
    refuse_document(assembler_, found);
    is_refused_ = true;
    return false;
  }

  bool hand_over() {
    if (depth_ > 0) return true;
    const Value value = builder_.take();
    if (place_ == Place::kList) {
      assembler_.add(value);
    } else {
      assembler_.set(key_, value);
    }
    return true;
  }

  WorkflowAssembler& assembler_;
  ValueBuilder builder_;   ///< of the entry or value that is being read
  std::size_t depth_ = 0;  ///< containers open in `builder_`
  Place place_ = Place::kOutside;
  Value key_;  ///< of the document, the last one read
  bool is_refused_ = false;
};

}  // namespace

WorkflowReading read_workflow(std::string_view text) {
  WorkflowAssembler assembler("");
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    assembler.fail("bad_json", "the file is empty", "an empty workflow is {}");
    return assembler.finish(false);
  }
  TextFrontEnd front_end(assembler);
  const Result<void> read = read_json(text, front_end);
  if (!read && !front_end.is_refused()) {
    const bool too_deep = read.error().code == ErrorCode::kBadDocument;
    assembler.fail(too_deep ? "too_deep" : "bad_json", (too_deep ? "" : "not JSON: ") + read.error().message,
                   too_deep ? "" : "nothing behind this place was read");
  }
  return assembler.finish(read.ok());
}

WorkflowReading read_workflow(const Value& document, std::string_view pointer) {
  WorkflowAssembler assembler(pointer);
  if (!document.is_dict()) {
    refuse_document(assembler, describe_found(document));
    return assembler.finish(false);
  }
  for (const Dict::Entry& entry : document.as_entries()) assembler.set(entry.key, entry.value);
  return assembler.finish(true);
}

}  // namespace vnode
