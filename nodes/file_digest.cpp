#include "nodes/file_digest.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "base/lazy_library.h"
#include "nodes/file_system.h"

namespace vnode {
namespace {

constexpr std::size_t kDigestBlock = 1 << 20;
constexpr std::array<std::string_view, 4> kAlgorithms = {"sha256", "sha1", "md5", "sha512"};

/// The functions of libcrypto that are used here.
struct Crypto {
  decltype(&OPENSSL_init_crypto) initialize = nullptr;
  decltype(&OPENSSL_thread_stop) forget_thread = nullptr;
  decltype(&EVP_get_digestbyname) find_digest = nullptr;
  decltype(&EVP_MD_CTX_new) create = nullptr;
  decltype(&EVP_MD_CTX_free) destroy = nullptr;
  decltype(&EVP_DigestInit_ex) begin = nullptr;
  decltype(&EVP_DigestUpdate) update = nullptr;
  decltype(&EVP_DigestFinal_ex) finish = nullptr;
};

Result<Crypto> load_crypto() {
  Crypto crypto;
  LibraryLoader loader("libcrypto.so.3");
  loader.load("OPENSSL_init_crypto", crypto.initialize)
      .load("OPENSSL_thread_stop", crypto.forget_thread)
      .load("EVP_get_digestbyname", crypto.find_digest)
      .load("EVP_MD_CTX_new", crypto.create)
      .load("EVP_MD_CTX_free", crypto.destroy)
      .load("EVP_DigestInit_ex", crypto.begin)
      .load("EVP_DigestUpdate", crypto.update)
      .load("EVP_DigestFinal_ex", crypto.finish);
  if (loader.error()) return *loader.error();
  // A thread that is hashing may be left behind when the program ends: the library must not vanish below it.
  crypto.initialize(OPENSSL_INIT_NO_ATEXIT, nullptr);
  return crypto;
}

/// Loaded by the first file that is hashed.
const Result<Crypto>& crypto_library() {
  static const Result<Crypto> library = load_crypto();
  return library;
}

/// What the library keeps for a thread goes with the work: the thread may never end in order.
class ThreadUse {
 public:
  explicit ThreadUse(const Crypto& crypto) : crypto_(crypto) {}
  ThreadUse(const ThreadUse&) = delete;
  ~ThreadUse() { crypto_.forget_thread(); }

 private:
  const Crypto& crypto_;
};

std::string normalise_algorithm(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c != '-' && c != '_' && c != ' ') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string to_hex(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 0xF];
  }
  return out;
}

}  // namespace

Result<FileDigest> digest_file(const std::string& path, std::string_view algorithm,
                               const std::function<bool()>& is_stopped) {
  std::string name = normalise_algorithm(algorithm);
  if (std::find(kAlgorithms.begin(), kAlgorithms.end(), name) == kAlgorithms.end()) {
    return Error{ErrorCode::kUsage, "unknown algorithm: " + std::string(algorithm)};
  }
  Result<FileDescriptor> file = open_file(path, O_RDONLY);
  if (!file) return file.error();
  const Result<Crypto>& crypto = crypto_library();
  if (!crypto) return crypto.error();
  const ThreadUse use(*crypto);
  std::unique_ptr<EVP_MD_CTX, decltype(crypto->destroy)> context(crypto->create(), crypto->destroy);
  const EVP_MD* method = crypto->find_digest(name.c_str());
  if (!context || !method || crypto->begin(context.get(), method, nullptr) != 1) {
    return Error{ErrorCode::kUnavailable, "OpenSSL does not offer " + name};
  }
  posix_fadvise(file->get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  FileDigest digest;
  std::string block(kDigestBlock, '\0');
  while (!is_stopped()) {
    Result<std::size_t> count = read_some(*file, block.data(), block.size(), path);
    if (!count) return count.error();
    if (*count == 0) {
      unsigned char bytes[EVP_MAX_MD_SIZE];
      unsigned size = 0;
      crypto->finish(context.get(), bytes, &size);
      digest.hex = to_hex(bytes, size);
      return digest;
    }
    crypto->update(context.get(), block.data(), *count);
    digest.size += *count;
  }
  return Error{ErrorCode::kIo, "stopped"};
}

}  // namespace vnode
