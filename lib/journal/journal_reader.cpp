#include "journal/journal_reader.h"

namespace vnode {

Result<JournalRecord> read_journal_record(std::string_view payload, const StoredValueFinder& stored) {
  Result<Value> value = read_cbor(payload, stored);
  if (!value) return value.error();
  JournalRecord record;
  if (value->is_dict()) record.fields = value->as_dict();
  const Value kind = record.field("record");
  if (!kind.is_text()) return Error{ErrorCode::kBadDocument, "a record does not say what it is"};
  record.kind = kind.as_text();
  return record;
}

Result<JournalReader> JournalReader::open(int fd, const std::string& name, StoredValueFinder stored) {
  if (!stored) {
    stored = [](std::uint64_t number) -> Result<Value> {
      return Value(Dict{{"$stored", Value(static_cast<std::int64_t>(number))}});
    };
  }
  Result<RecordReader> records = RecordReader::open(fd, name);
  if (!records) return records.error();
  return JournalReader(std::move(*records), name, std::move(stored));
}

Result<std::optional<JournalRecord>> JournalReader::next() {
  using Found = std::optional<JournalRecord>;
  const Result<std::optional<std::string_view>> payload = records_.next();
  if (!payload) return payload.error();
  if (!*payload) return Found();
  Result<JournalRecord> record = read_journal_record(**payload, stored_);
  if (record && !has_header_ && record->kind != "journal")
    record = Error{ErrorCode::kBadDocument, "a journal begins with its header"};
  if (!record) {
    Error error = record.error();
    error.message += " (offset " + std::to_string(records_.place()) + ")";
    error.place.file = name_;
    return error;
  }
  has_header_ = true;
  record->place = records_.place();
  return Found(std::move(*record));
}

}  // namespace vnode
