// Any bytes as a journal: reading ends with records, the end, or an error that says where; each record that
// is read stands in the file as it was given. And any bytes as a value: what is read comes back the same.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/memory_file.h"
#include "journal/cbor_reader.h"
#include "journal/cbor_writer.h"
#include "journal/journal_reader.h"
#include "journal/record_frame.h"
#include "model/value_ops.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void read_journal(std::string_view bytes) {
  const vnode::Result<vnode::OwnedFd> file = vnode::memory_file(bytes);
  if (!file) return;
  vnode::Result<vnode::RecordReader> reader = vnode::RecordReader::open(file->get(), "fuzz");
  while (reader) {
    const auto payload = reader->next();
    if (!payload) require(!payload.error().message.empty());
    if (!payload || !*payload) break;
    require(bytes.substr(reader->place() + vnode::kFrameSize).starts_with(**payload));
    require(reader->end() <= bytes.size());
    (void)vnode::read_journal_record(**payload, [](std::uint64_t) { return vnode::Value(); });
  }
}

}  // namespace

/// The first byte says how the rest is framed: as it is, behind a preamble, or as a record.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string journal = data[0] % 3 == 0 ? "" : vnode::journal_preamble();
  if (data[0] % 3 == 2 && !bytes.empty()) {
    const auto frame = vnode::record_frame(journal.size(), bytes);
    const auto trailer = vnode::record_trailer(journal.size(), bytes);
    journal.append(frame.data(), frame.size()).append(bytes).append(trailer.data(), trailer.size());
  } else {
    journal += bytes;
  }
  read_journal(journal);

  const vnode::Result<vnode::Value> value = vnode::read_cbor(bytes);
  if (!value) return 0;
  std::string written;
  vnode::CborWriter(written).value(*value);
  const vnode::Result<vnode::Value> again = vnode::read_cbor(written);
  require(again.ok());
  std::string twice;
  vnode::CborWriter(twice).value(*again);
  require(written == twice);
  return 0;
}
