#include "base/secret_mask.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace vnode::test {
namespace {

std::string masked(std::string_view secret, std::string text) {
  SecretMask mask;
  mask.add(secret);
  return mask.apply(std::move(text));
}

/// The text in two parts, cut there.
std::string masked_in_two(const SecretMask& mask, std::string_view text, std::size_t cut) {
  MaskedStream stream(mask);
  std::string shown = stream.add(text.substr(0, cut));
  shown += stream.add(text.substr(cut));
  return shown += stream.finish();
}

TEST(SecretMask, ReplacesEachSecretTheLongestFirst) {
  SecretMask mask;
  EXPECT_TRUE(mask.is_empty());
  EXPECT_TRUE(mask.add("hunter2"));
  EXPECT_TRUE(mask.add("hunter2-and-more"));
  EXPECT_EQ(mask.apply("a hunter2-and-more b hunter2hunter2 c"), "a *** b ****** c");
}

TEST(SecretMask, ReplacesWhatOverlapsAsOne) {
  SecretMask mask;
  mask.add("abcdefgh");
  mask.add("efghijkl");
  mask.add("cdefgh");
  mask.add("xabcdefghijklx");
  EXPECT_EQ(mask.apply("-abcdefghijkl-"), "-***-");
  EXPECT_EQ(mask.apply("-xabcdefghijklx-xabcdefghijk-"), "-***-x***ijk-");
  EXPECT_EQ(masked("aaaaaa", "-aaaaaaaaaaaaaaaaa-"), "-***-");
}

TEST(SecretMask, ReplacesTheLinesOfASecretOfSeveral) {
  SecretMask mask;
  mask.add("first line\nx\nsecond line");
  EXPECT_EQ(mask.apply("first line"), "***");
  EXPECT_EQ(mask.apply("a second line x"), "a *** x");
  EXPECT_EQ(mask.apply("a first line\nx\nsecond line b"), "a *** b");
}

TEST(SecretMask, ReplacesNoLineThatIsAnybodys) {
  EXPECT_EQ(masked("{\n          \n    }\n  \"key\": \"value\"\n}", "          }\n    }\n"),
            "          }\n    }\n");
}

TEST(SecretMask, RefusesWhatIsTooShort) {
  SecretMask mask;
  EXPECT_FALSE(mask.add("a"));
  EXPECT_FALSE(mask.add("    a    "));
  EXPECT_EQ(mask.apply("banana"), "banana");
}

TEST(SecretMask, KnowsASecretInJson) {
  EXPECT_EQ(masked("pass\"word\\1\n23456", R"({"a":"pass\"word\\1\n23456"})"), R"({"a":"***"})");
  EXPECT_EQ(masked("p\u00e4ssword\U0001F600", R"("p\u00e4ssword\ud83d\ude00")"), R"("***")");
  EXPECT_EQ(masked("p\u00e4ssword", R"("p\u00E4ssword")"), R"("***")");
  EXPECT_EQ(masked("p\u00e4ssword", "\"p\u00e4ssword\""), R"("***")");
  EXPECT_EQ(masked("pass/word", R"("pass\/word")"), R"("***")");
  EXPECT_EQ(masked("pass<word>", R"("pass\u003cword\u003e")"), R"("***")");
}

TEST(SecretMask, KnowsASecretThatPythonShows) {
  EXPECT_EQ(masked("two\nlines'\x01", "{'A': \"two\\nlines'\\x01\"}"), "{'A': \"***\"}");
  EXPECT_EQ(masked("back\\slash", "'back\\\\slash'"), "'***'");
  EXPECT_EQ(masked("p\u00e4ssword", "b'p\\xc3\\xa4ssword'"), "b'***'");
  EXPECT_EQ(masked("p\u00e4ss\u20acword", "'p\\xe4ss\\u20acword'"), "'***'");
}

TEST(SecretMask, KnowsASecretThatAShellShows) {
  EXPECT_EQ(masked("it's secret", "+ echo 'it'\"'\"'s secret'"), "+ echo '***'");
  EXPECT_EQ(masked("it's secret", "+ echo 'it'\\''s secret'"), "+ echo '***'");
  EXPECT_EQ(masked("my$pass&word", "my\\$pass\\&word"), "***") << "printf %q";
}

TEST(SecretMask, KnowsASecretInAUrl) {
  EXPECT_EQ(masked("p@ss w/rd+", "https://u:p%40ss%20w%2Frd%2B@h/"), "https://u:***@h/");
  EXPECT_EQ(masked("p@ss w/rd+", "a=p%40ss+w%2frd%2b&b"), "a=***&b");
  EXPECT_EQ(masked("p@ss w/rd", "/p%40ss%20w/rd/"), "/***/");
  EXPECT_EQ(masked("p!ss'word", "p!ss'word"), "***");
  EXPECT_EQ(masked("p\u00e4ssword", "p%c3%a4ssword"), "***");
}

TEST(SecretMask, KnowsASecretInBase64WhereverItBegins) {
  // echo -n 'hunter2?>secret' with nothing, "a" and "ab" before it.
  EXPECT_EQ(masked("hunter2?>secret", "aHVudGVyMj8+c2VjcmV0"), "***");
  EXPECT_EQ(masked("hunter2?>secret", "aHVudGVyMj8-c2VjcmV0"), "***");
  EXPECT_EQ(masked("hunter2?>secret", "YWh1bnRlcjI/PnNlY3JldA=="), "YW***A==");
  EXPECT_EQ(masked("hunter2?>secret", "YWJodW50ZXIyPz5zZWNyZXQ="), "YWJ***Q=");
}

TEST(SecretMask, KnowsALongSecretInBase64OfSeveralLines) {
  const std::string secret(100, 'k');
  const auto groups = [](int count) {
    std::string text;
    while (count-- > 0) text += "a2tr";
    return text;
  };
  EXPECT_EQ(masked(secret, groups(19) + "\n" + groups(14) + "aw=="), "***\n***w==");
  EXPECT_EQ(masked(secret, groups(16) + "\n" + groups(16) + "\n" + groups(1) + "aw=="), "***\n***\na2traw==");
}

TEST(SecretMask, FindsASecretWhereverTheTextWasCut) {
  SecretMask mask;
  mask.add("first line\nsecond line");
  mask.add("line\nsec");
  mask.add("abcabcabd");
  mask.add("bcabca");
  const std::string text = "x first line\nsecond line abcabcabcabd first linefirst line\nabcabca\nsecond lin";
  const std::string whole = mask.apply(text);
  EXPECT_EQ(whole, "x *** a*** ******\na***\nsecond lin");
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    EXPECT_EQ(masked_in_two(mask, text, cut), whole) << cut;
  MaskedStream bytewise(mask);
  std::string shown;
  for (const char c : text) shown += bytewise.add(std::string_view(&c, 1));
  EXPECT_EQ(shown + bytewise.finish(), whole);
}

TEST(SecretMask, IsTheSameForAnyParts) {
  std::minstd_rand random(7);
  for (int round = 0; round < 300; ++round) {
    SecretMask mask;
    for (int i = 0; i < 4; ++i) {
      std::string secret;
      for (unsigned size = 6 + random() % 6; secret.size() < size;) secret += "ab\n"[random() % 3];
      mask.add(secret);
    }
    std::string text;
    while (text.size() < 200) text += "ab\n"[random() % 3];
    const std::string whole = mask.apply(text);
    MaskedStream stream(mask);
    std::string shown;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = random() % 9;
      shown += stream.add(std::string_view(text).substr(at, size));
      at += size;
    }
    ASSERT_EQ(shown + stream.finish(), whole) << round;
  }
}

TEST(SecretMask, HoldsBackNoMoreThanItMust) {
  SecretMask mask;
  mask.add("hunter2");
  MaskedStream stream(mask);
  EXPECT_EQ(stream.add("a hunt"), "a ");
  EXPECT_EQ(stream.add("ing\n"), "hunting\n");
  EXPECT_EQ(stream.begun(), 0u);
  EXPECT_EQ(stream.add("hunter"), "");
  EXPECT_EQ(stream.begun(), 6u);
  EXPECT_EQ(stream.finish(), "hunter");
}

TEST(SecretMask, LearnsASecretInTheMiddleOfAText) {
  SecretMask mask;
  MaskedStream stream(mask);
  EXPECT_EQ(stream.add("hunter2 "), "hunter2 ");
  mask.add("hunter2");
  EXPECT_EQ(stream.add("hun"), "");
  mask.add("hunter3");
  EXPECT_EQ(stream.add("ter3 hunter2"), "*** ***");
}

TEST(SecretMask, TakesTimeInProportionToTheText) {
  SecretMask mask;
  mask.add(std::string(5'000, 'a') + "b");
  const std::string text(
      4'000'000, 'a');  // each byte may begin a secret: five thousand comparisons a byte end in minutes
  EXPECT_EQ(mask.apply(text).size(), text.size());
}

TEST(SecretMask, TellsWhetherThereIsSomethingToReplace) {
  SecretMask mask;
  EXPECT_FALSE(mask.is_in("p@ssword"));
  mask.add("p@ssword");
  EXPECT_TRUE(mask.is_in("--password=p@ssword"));
  EXPECT_TRUE(mask.is_in("p%40ssword"));
  EXPECT_FALSE(mask.is_in("p%40sswor"));
}

TEST(SecretMask, ReplacesTheBeginningOfASecretThatWasCutOff) {
  EXPECT_EQ(masked("hunter2", "{'A': 'hunt..."), "{'A': '***...");
  EXPECT_EQ(masked("hunter2", "hunter2 hun..."), "*** hun...");
  EXPECT_EQ(masked("hunter2", "hunter2..."), "***...");
  EXPECT_EQ(masked("wait....", "please wait...."), "please ***");
  EXPECT_EQ(masked("hunter2", "{'A': 'hunt"), "{'A': 'hunt");
}

TEST(SecretMask, MayBeUsedAndAddedToByThreads) {
  SecretMask mask;
  std::vector<std::thread> threads;
  for (int number = 0; number < 2; ++number) {
    threads.emplace_back([&mask, number] {
      MaskedStream stream(mask);
      for (int i = 0; i < 50; ++i) {
        const std::string secret = "secret" + std::to_string(100 * number + i) + "!";
        mask.add(secret);
        EXPECT_EQ(mask.apply("a " + secret + " b"), "a *** b");
        EXPECT_EQ(stream.add("a " + secret + " b"), "a *** b");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(SecretMask, SaysWhatCanBeNone) {
  const auto complaint = [](std::string_view name, std::string_view value) {
    const Result<void> checked = check_secret(name, value);
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(complaint("TOKEN", "hunter2"), "");
  EXPECT_EQ(
      complaint("TOKEN", "short"),
      "the secret 'TOKEN' has fewer than 6 characters: wherever these occur, *** would be shown instead");
  EXPECT_NE(complaint("TOKEN", "      \n"), "");
  EXPECT_NE(complaint("TOKEN", std::string_view("nul\0inside", 10)), "");
  EXPECT_NE(complaint("TOKEN", "latin1 \xe4"), "");
  EXPECT_NE(complaint("TOKEN", std::string(100'000, 'x')), "");
  for (const char* name : {"", "A=B", "1A", "A-B", "A B"}) EXPECT_NE(complaint(name, "hunter2"), "") << name;
  EXPECT_EQ(complaint("A-B", "hunter2").find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace vnode::test
