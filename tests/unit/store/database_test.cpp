#include "store/database.h"

#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

/// An empty file is an empty database to SQLite.
std::unique_ptr<Database> open_new(const ScratchFolder& folder) {
  Result<std::unique_ptr<Database>> database = Database::open(folder.write("test.db", ""));
  EXPECT_TRUE(database) << describe(database.error());
  return std::move(*database);
}

TEST(Database, KeepsWhatIsBound) {
  const ScratchFolder folder;
  const auto database = open_new(folder);
  ASSERT_TRUE(database->execute("CREATE TABLE t (a, b, c, d, e)"));
  const std::string text("a\0b", 3);
  {
    Result<Statement> insert = database->statement("INSERT INTO t VALUES (?, ?, ?, ?, ?)");
    ASSERT_TRUE(insert);
    insert->bind(std::int64_t{1} << 62)
        .bind(0.1)
        .bind(text)
        .bind(std::string_view())
        .bind(std::optional<double>());
    EXPECT_TRUE(insert->run());
    EXPECT_EQ(database->changes(), 1);
  }
  Result<Statement> row = database->statement("SELECT * FROM t");
  ASSERT_TRUE(row && *row->step());
  EXPECT_EQ(row->integer(0), std::int64_t{1} << 62);
  EXPECT_EQ(row->real(1), 0.1);
  EXPECT_EQ(row->text(2), text);
  EXPECT_FALSE(row->is_null(3));
  EXPECT_EQ(row->text(3), "");
  EXPECT_TRUE(row->is_null(4));
  EXPECT_FALSE(*row->step());
}

TEST(Database, AStatementBeginsAnewEachTime) {
  const ScratchFolder folder;
  const auto database = open_new(folder);
  for (int round = 0; round < 3; ++round) {
    Result<Statement> row = database->statement("SELECT ?, ?");
    ASSERT_TRUE(row);
    if (round == 0) row->bind("one").bind(2);
    if (round == 1) row->bind("other");
    ASSERT_TRUE(*row->step());
    EXPECT_EQ(row->text(0), round == 0 ? "one" : round == 1 ? "other" : "");
    EXPECT_EQ(row->is_null(1), round != 0);
  }
  Result<Statement> row = database->statement("SELECT ?");
  for (const int number : {1, 2, 3}) {
    ASSERT_TRUE(*row->again().bind(number).step());
    EXPECT_EQ(row->integer(0), number);
  }
}

TEST(Database, MistakesAreErrors) {
  const ScratchFolder folder;
  const auto database = open_new(folder);
  EXPECT_FALSE(database->statement("SELEC"));
  EXPECT_FALSE(database->execute("CREATE TABLE t (a); SELECT * FROM nothing"));
  Result<Statement> row = database->statement("SELECT ?");
  ASSERT_TRUE(row);
  EXPECT_FALSE(row->bind(1).bind(2).step()) << "there is one parameter";
  EXPECT_FALSE(database->number("SELECT a FROM t"));
  EXPECT_FALSE(Database::open(folder.file("none/none.db")));
}

TEST(Database, SaysWhenItIsFull) {
  const ScratchFolder folder;
  const auto database = open_new(folder);
  ASSERT_TRUE(database->execute("CREATE TABLE t (a); PRAGMA max_page_count = 4; BEGIN"));
  Result<void> done;
  for (int i = 0; i < 100 && done; ++i) done = database->execute("INSERT INTO t VALUES (randomblob(1000))");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kIo);
  EXPECT_NE(done.error().message.find("full"), std::string::npos);
  EXPECT_TRUE(database->is_full());
  if (database->is_in_transaction()) {
    EXPECT_TRUE(database->execute("ROLLBACK"));
  }
  database->clear_full();
  ASSERT_TRUE(database->execute("PRAGMA max_page_count = 1000; INSERT INTO t VALUES (randomblob(9000))"));
  EXPECT_FALSE(database->is_full());
  EXPECT_EQ(*database->number("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace vnode::test
