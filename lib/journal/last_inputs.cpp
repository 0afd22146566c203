#include "journal/last_inputs.h"

#include <unordered_map>

#include "journal/journal_reader.h"
#include "journal/read_place.h"
#include "journal/record_fields.h"

namespace vnode {
namespace {

/// It is the node itself, wherever; no call of its hook.
bool is_begin_of(const JournalRecord& record, const Uuid& node, std::uint32_t& execution) {
  if (record.kind != "begin" || !record.field("hook").is_none()) return false;
  const std::optional<ReadPlace> place = ReadPlace::of(record.fields);
  if (!place || !(*place->get().node == node)) return false;
  execution = place->get().execution;
  return true;
}

}  // namespace

Result<std::optional<LastInputs>> read_last_inputs(int fd, const std::string& name, const Uuid& node) {
  Result<RecordReader> stored_records = RecordReader::open(fd, name);
  if (!stored_records) return stored_records.error();
  std::unordered_map<std::uint64_t, std::uint64_t> places;  // of stored values
  StoredValueFinder stored = [&](std::uint64_t number) -> Result<Value> {
    const auto place = places.find(number);
    if (place == places.end()) return Error{ErrorCode::kBadDocument, "a value that is not in the journal"};
    const Result<std::string> payload = stored_records->read_at(place->second);
    if (!payload) return payload.error();
    const Result<JournalRecord> record = read_journal_record(*payload, stored);
    return record ? Result<Value>(record->field("value")) : Result<Value>(record.error());
  };
  Result<JournalReader> reader = JournalReader::open(fd, name);
  if (!reader) return reader.error();
  std::optional<LastInputs> last;
  std::uint64_t number = 0, inputs = 0;  // of its execution in the file; where its inputs are
  for (;;) {
    const Result<std::optional<JournalRecord>> record = reader->next();
    if (!record) return record.error();
    if (!*record) break;
    std::uint32_t execution = 0;
    if ((*record)->kind == "value") {
      places[field_number((*record)->field("number"))] = (*record)->place;
    } else if (is_begin_of(**record, node, execution)) {
      last = LastInputs{.execution = execution};
      number = field_number((*record)->field("execution"));
      inputs = 0;
    } else if (last && (*record)->kind == "inputs" && field_number((*record)->field("execution")) == number) {
      inputs = (*record)->place;
    }
  }
  if (inputs == 0) return last;
  const Result<std::string> payload = stored_records->read_at(inputs);
  if (!payload) return payload.error();
  const Result<JournalRecord> record = read_journal_record(*payload, stored);
  if (!record) return record.error();
  if (const Value values = record->field("values"); values.is_dict()) last->values = values.as_dict();
  last->has_objects = record->field("objects").is_bool();
  last->was_masked = record->field("masked").is_bool();
  return last;
}

}  // namespace vnode
