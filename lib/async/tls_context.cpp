#include "async/tls_context.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "async/tls_library.h"

namespace vnode {
namespace {

Error unusable(const std::string& file, std::string why) {
  return {ErrorCode::kInvalidValue, std::move(why), {.file = file}};
}

Result<void> check_readable(const std::string& file) {
  if (::access(file.c_str(), R_OK) == 0) return {};
  return unusable(file, "cannot be read: " + std::generic_category().message(errno));
}

/// What OpenSSL has to say about the call that failed; leaves nothing of it to the next one.
Error unusable(const TlsLibrary& tls, const std::string& file, const std::string& wanted) {
  const unsigned long error = tls.err_peek_error();
  tls.err_clear_error();
  if (ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE) {
    return unusable(file, "there is no " + wanted + " in it (in PEM form)");
  }
  const char* reason = tls.err_reason_error_string(error);
  return unusable(file, "cannot be used as " + wanted + (reason ? ": " + std::string(reason) : ""));
}

/// Instead of asking whoever sits at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Result<void> use_key(const TlsLibrary& tls, SSL_CTX* context, const std::string& certificate_file,
                     const std::string& key_file, const std::string& text) {
  // OpenSSL would say "unsupported".
  if (text.find("PRIVATE KEY-----") == std::string::npos) {
    return unusable(key_file, "there is no private key in it (in PEM form)");
  }
  const std::unique_ptr<BIO, decltype(tls.bio_free)> source(
      tls.bio_new_mem_buf(text.data(), static_cast<int>(text.size())), tls.bio_free);
  const std::unique_ptr<EVP_PKEY, decltype(tls.evp_pkey_free)> key(
      tls.pem_read_bio_private_key(source.get(), nullptr, &no_passphrase, nullptr), tls.evp_pkey_free);
  if (!key && text.find("ENCRYPTED") != std::string::npos) {
    tls.err_clear_error();
    return unusable(key_file, "the key has a passphrase, and nobody is there to give it");
  }
  if (!key) return unusable(tls, key_file, "private key");
  // A key of another kind than the certificate's is taken, and found wrong only when it is asked for.
  const bool is_taken = tls.ssl_ctx_use_private_key(context, key.get()) == 1;
  if (is_taken && tls.ssl_ctx_check_private_key(context) == 1) return {};
  tls.err_clear_error();
  return unusable(key_file, "is not the key of the certificate in " + certificate_file);
}

}  // namespace

Result<TlsContext> TlsContext::make(bool is_server) {
  const Result<const TlsLibrary*> library = tls_library();
  if (!library) return library.error();
  const TlsLibrary& tls = **library;
  tls.err_clear_error();
  std::shared_ptr<SSL_CTX> context(
      tls.ssl_ctx_new(is_server ? tls.tls_server_method() : tls.tls_client_method()), tls.ssl_ctx_free);
  if (!context) return Error{ErrorCode::kUnavailable, "OpenSSL does not start"};
  tls.ssl_ctx_ctrl(context.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  tls.ssl_ctx_ctrl(context.get(), SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, nullptr);
  // Sessions are never resumed, and what a peer could begin anew would only cost time.
  tls.ssl_ctx_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  tls.ssl_ctx_set_num_tickets(context.get(), 0);
  tls.ssl_ctx_ctrl(context.get(), SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  return TlsContext(std::move(context), is_server);
}

Result<TlsContext> TlsContext::for_server(const std::string& certificate_file, const std::string& key_file,
                                          const std::string& key) {
  Result<TlsContext> made = make(true);
  if (!made) return made;
  const TlsLibrary& tls = **tls_library();
  if (Result<void> readable = check_readable(certificate_file); !readable) return readable.error();
  if (tls.ssl_ctx_use_certificate_chain_file(made->get(), certificate_file.c_str()) != 1) {
    return unusable(tls, certificate_file, "certificate");
  }
  const Result<void> used = use_key(tls, made->get(), certificate_file, key_file, key);
  if (!used) return used.error();
  return made;
}

Result<TlsContext> TlsContext::for_client(const std::string& ca_file) {
  Result<TlsContext> made = make(false);
  if (!made) return made;
  const TlsLibrary& tls = **tls_library();
  tls.ssl_ctx_set_verify(made->get(), SSL_VERIFY_PEER, nullptr);
  if (ca_file.empty()) {
    tls.ssl_ctx_set_default_verify_paths(made->get());
    tls.err_clear_error();
    return made;
  }
  if (Result<void> readable = check_readable(ca_file); !readable) return readable.error();
  if (tls.ssl_ctx_load_verify_file(made->get(), ca_file.c_str()) != 1) {
    return unusable(tls, ca_file, "certificate");
  }
  return made;
}

}  // namespace vnode
