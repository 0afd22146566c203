#include "apps/vnode/local/overwritten_input.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/owned_fd.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

class OverwrittenInputs : public testing::Test {
 protected:
  std::string refusal(const std::string& output) const {
    const Result<void> checked =
        check_overwritten_inputs({{"--events", output}}, {folder_.file("other"), input_});
    if (checked) return "";
    EXPECT_EQ(checked.error().code, ErrorCode::kUsage);
    return checked.error().message;
  }
  ScratchFolder folder_;
  std::string input_ = folder_.write("w.json", "{}");
};

TEST_F(OverwrittenInputs, AreFoundUnderAnyName) {
  std::filesystem::create_symlink(input_, folder_.file("link"));
  std::filesystem::create_hard_link(input_, folder_.file("hard"));
  const OwnedFd open(::open(input_.c_str(), O_RDONLY | O_CLOEXEC));
  for (const std::string& output : {input_, folder_.path() + "/./w.json", folder_.file("link"),
                                    folder_.file("hard"), "fd:" + std::to_string(open.get())}) {
    EXPECT_NE(refusal(output).find("'" + input_ + "'"), std::string::npos) << output;
  }
}

TEST_F(OverwrittenInputs, AreNoOtherFiles) {
  for (const std::string& output :
       {folder_.file("absent"), folder_.write("copy", "{}"), folder_.path(), std::string("/dev/null"),
        std::string("fd:999999"), std::string("fd:x")}) {
    EXPECT_EQ(refusal(output), "") << output;
  }
  EXPECT_TRUE(check_overwritten_inputs({{"--events", "/dev/null"}}, {"/dev/null"}).ok());
}

}  // namespace
}  // namespace vnode::test
