#include "support/test_authority.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace vnode::test {
namespace {

const std::string kNewKey = " -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc ";

void openssl(const ScratchFolder& folder, const std::string& arguments) {
  const std::string command = "cd " + folder.path() + " && openssl " + arguments + " 2>openssl.log";
  ASSERT_EQ(std::system(command.c_str()), 0) << command << "\n" << folder.read("openssl.log");
}

}  // namespace

TestAuthority::TestAuthority(const ScratchFolder& folder, std::string name)
    : folder_(folder), name_(std::move(name)) {
  openssl(folder_, "req -x509" + kNewKey + "-days 2 -subj '/CN=test " + name_ + "' -keyout " + name_ +
                       ".key -out " + name_ + ".pem");
}

TestAuthority::TestAuthority(const TestAuthority& above, std::string name)
    : folder_(above.folder_), name_(std::move(name)) {
  above.sign(name_, "basicConstraints=critical,CA:TRUE", 2);
}

IssuedCertificate TestAuthority::issue(const std::string& name, const std::string& hosts, int days) const {
  sign(name, "subjectAltName=" + hosts, days);
  return {folder_.file(name + ".pem"), folder_.file(name + ".key")};
}

std::string TestAuthority::make_rsa_key(const std::string& name) const {
  openssl(folder_, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out " + name + ".key");
  return name + ".key";
}

void TestAuthority::sign(const std::string& name, const std::string& extension, int days) const {
  openssl(folder_, "req -new" + kNewKey + "-subj /CN=" + name + " -addext " + extension + " -keyout " + name +
                       ".key -out " + name + ".csr");
  openssl(folder_, "x509 -req -copy_extensions copy -in " + name + ".csr -CA " + name_ + ".pem -CAkey " +
                       name_ + ".key -days " + std::to_string(days) + " -out " + name + ".pem");
}

}  // namespace vnode::test
