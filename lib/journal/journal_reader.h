#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "journal/cbor_reader.h"
#include "journal/record_reader.h"
#include "model/value.h"

namespace vnode {

/// One record of a journal as data (format.md, "Kinds of records").
struct JournalRecord {
  std::uint64_t place = 0;  ///< the offset where it begins
  std::string kind;         ///< its "record"
  Dict fields;              ///< all of it, "record" included

  /// None where there is no such member.
  Value field(std::string_view name) const {
    const Value* value = fields.find(name);
    return value ? *value : Value();
  }
};

/// Reads a journal record by record, whether its run goes on or not. Thread rule: one thread.
class JournalReader {
 public:
  /// As RecordReader::open. `stored`: what stands in the place of large values; without it `{"$stored": N}`.
  static Result<JournalReader> open(int fd, const std::string& name, StoredValueFinder stored = {});

  /// nullopt behind the last one. The first one is the header (kind "journal"). Errors: kBadDocument, with
  /// the offset; kIo.
  Result<std::optional<JournalRecord>> next();
  const RecordReader& records() const { return records_; }

 private:
  JournalReader(RecordReader records, std::string name, StoredValueFinder stored)
      : records_(std::move(records)), name_(std::move(name)), stored_(std::move(stored)) {}

  RecordReader records_;
  std::string name_;
  StoredValueFinder stored_;
  bool has_header_ = false;
};

/// One record from its payload. Errors: kBadDocument, without a place.
Result<JournalRecord> read_journal_record(std::string_view payload, const StoredValueFinder& stored);

}  // namespace vnode
