#pragma once

#include <string>

#include "support/scratch_folder.h"

namespace vnode::test {

/// A certificate and its private key, as files.
struct IssuedCertificate {
  std::string certificate;
  std::string key;
};

/// Signs certificates for tests, in a folder of theirs; made with the program `openssl`.
class TestAuthority {
 public:
  explicit TestAuthority(const ScratchFolder& folder, std::string name = "authority");
  /// One that `above` vouches for.
  TestAuthority(const TestAuthority& above, std::string name);

  /// What clients are to trust.
  std::string file() const { return folder_.file(name_ + ".pem"); }
  /// `hosts`: as in "IP:127.0.0.1,DNS:localhost". With less than no days it has expired.
  IssuedCertificate issue(const std::string& name, const std::string& hosts = "IP:127.0.0.1",
                          int days = 2) const;
  /// A private key of another kind; the name of its file.
  std::string make_rsa_key(const std::string& name) const;

 private:
  void sign(const std::string& name, const std::string& extension, int days) const;

  const ScratchFolder& folder_;
  const std::string name_;
};

}  // namespace vnode::test
