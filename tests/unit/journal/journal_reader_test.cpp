#include "journal/journal_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/owned_fd.h"
#include "journal/cbor_writer.h"
#include "journal/journal_file.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::ScratchFolder;

class JournalReaderTest : public testing::Test {
 protected:
  std::string path() const { return folder_.file("run.journal"); }
  void append(const Value& record) {
    std::string payload;
    CborWriter(payload).value(record);
    file_->append(payload);
  }
  Result<JournalReader> open() {
    file_->flush();
    fd_ = OwnedFd(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
    return JournalReader::open(fd_.get(), path());
  }

  const ScratchFolder folder_;
  std::unique_ptr<JournalFile> file_ = JournalFile::create(path()).value();
  OwnedFd fd_;
};

TEST_F(JournalReaderTest, GivesRecordsAsData) {
  append(Value(Dict{{"record", "journal"}, {"seed", 4}}));
  append(Value(Dict{{"record", "end"}, {"execution", 1}}));
  Result<JournalReader> reader = open();
  const auto header = reader->next();
  ASSERT_TRUE(header && *header);
  EXPECT_EQ((*header)->kind, "journal");
  EXPECT_EQ((*header)->field("seed").as_int(), 4);
  EXPECT_TRUE((*header)->field("absent").is_none());
  const auto end = reader->next();
  EXPECT_EQ((*end)->kind, "end");
  EXPECT_GT((*end)->place, (*header)->place);
  EXPECT_FALSE(*reader->next());
}

TEST_F(JournalReaderTest, RefusesARecordThatItDoesNotUnderstand) {
  append(Value(Dict{{"record", "journal"}}));
  const std::uint64_t place = file_->append("\xff");
  Result<JournalReader> reader = open();
  ASSERT_TRUE(*reader->next());
  const auto record = reader->next();
  ASSERT_FALSE(record);
  EXPECT_NE(record.error().message.find("offset " + std::to_string(place)), std::string::npos);
}

TEST_F(JournalReaderTest, BeginsWithTheHeader) {
  append(Value(Dict{{"record", "end"}}));
  Result<JournalReader> reader = open();
  EXPECT_EQ(reader->next().error().code, ErrorCode::kBadDocument);
}

TEST_F(JournalReaderTest, NamesLargeValuesByTheirNumbers) {
  append(Value(Dict{{"record", "journal"}}));
  std::string payload;
  CborWriter writer(payload);
  writer.map(2);
  writer.text("record");
  writer.text("step");
  writer.text("value");
  writer.tag(kStoredTag);
  writer.number(3);
  file_->append(payload);
  Result<JournalReader> reader = open();
  ASSERT_TRUE(reader->next());
  const auto step = reader->next();
  EXPECT_EQ((*step)->field("value").as_dict().find("$stored")->as_int(), 3);
}

}  // namespace
}  // namespace vnode
