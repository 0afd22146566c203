#pragma once

#include <memory>
#include <string>

#include "base/error.h"

struct ssl_ctx_st;

namespace vnode {

/// What all TLS connections of one kind have in common: TLS 1.2 at least, and whom to trust or how to be
/// trusted. Connections keep what they need of it: one that is replaced goes with the last of them.
/// Thread rule: any thread.
class TlsContext {
 public:
  /// `certificate_file`: PEM, the server's own certificate first, then those between it and an authority.
  /// `key`: the private key that belongs to it, PEM, as it was read from `key_file`. Errors: kInvalidValue
  /// with the file that cannot be used, kUnavailable without OpenSSL.
  static Result<TlsContext> for_server(const std::string& certificate_file, const std::string& key_file,
                                       const std::string& key);

  /// Trusts the authorities whose certificates are in `ca_file` (PEM); empty: those that the system trusts.
  /// Errors: as above.
  static Result<TlsContext> for_client(const std::string& ca_file);

  ssl_ctx_st* get() const { return context_.get(); }
  bool is_server() const { return is_server_; }

 private:
  TlsContext(std::shared_ptr<ssl_ctx_st> context, bool is_server)
      : context_(std::move(context)), is_server_(is_server) {}
  static Result<TlsContext> make(bool is_server);

  std::shared_ptr<ssl_ctx_st> context_;
  bool is_server_;
};

}  // namespace vnode
