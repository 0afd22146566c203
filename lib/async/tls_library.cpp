#include "async/tls_library.h"

#include "base/lazy_library.h"

namespace vnode {
namespace {

std::optional<Error> load_ssl(TlsLibrary& tls) {
  LibraryLoader loader("libssl.so.3");
  loader.load("TLS_server_method", tls.tls_server_method)
      .load("TLS_client_method", tls.tls_client_method)
      .load("SSL_CTX_new", tls.ssl_ctx_new)
      .load("SSL_CTX_free", tls.ssl_ctx_free)
      .load("SSL_CTX_ctrl", tls.ssl_ctx_ctrl)
      .load("SSL_CTX_set_options", tls.ssl_ctx_set_options)
      .load("SSL_CTX_set_num_tickets", tls.ssl_ctx_set_num_tickets)
      .load("SSL_CTX_set_verify", tls.ssl_ctx_set_verify)
      .load("SSL_CTX_set_default_verify_paths", tls.ssl_ctx_set_default_verify_paths)
      .load("SSL_CTX_load_verify_file", tls.ssl_ctx_load_verify_file)
      .load("SSL_CTX_use_certificate_chain_file", tls.ssl_ctx_use_certificate_chain_file)
      .load("SSL_CTX_use_PrivateKey", tls.ssl_ctx_use_private_key)
      .load("SSL_CTX_check_private_key", tls.ssl_ctx_check_private_key)
      .load("SSL_new", tls.ssl_new)
      .load("SSL_free", tls.ssl_free)
      .load("SSL_ctrl", tls.ssl_ctrl)
      .load("SSL_set1_host", tls.ssl_set1_host)
      .load("SSL_set_bio", tls.ssl_set_bio)
      .load("SSL_set_accept_state", tls.ssl_set_accept_state)
      .load("SSL_set_connect_state", tls.ssl_set_connect_state)
      .load("SSL_do_handshake", tls.ssl_do_handshake)
      .load("SSL_read", tls.ssl_read)
      .load("SSL_write", tls.ssl_write)
      .load("SSL_shutdown", tls.ssl_shutdown)
      .load("SSL_get_error", tls.ssl_get_error)
      .load("SSL_get_verify_result", tls.ssl_get_verify_result);
  return loader.error();
}

std::optional<Error> load_crypto(TlsLibrary& tls) {
  LibraryLoader loader("libcrypto.so.3");
  loader.load("BIO_new", tls.bio_new)
      .load("BIO_free", tls.bio_free)
      .load("BIO_s_mem", tls.bio_s_mem)
      .load("BIO_new_mem_buf", tls.bio_new_mem_buf)
      .load("BIO_read", tls.bio_read)
      .load("BIO_write", tls.bio_write)
      .load("BIO_ctrl_pending", tls.bio_ctrl_pending)
      .load("PEM_read_bio_PrivateKey", tls.pem_read_bio_private_key)
      .load("EVP_PKEY_free", tls.evp_pkey_free)
      .load("ERR_clear_error", tls.err_clear_error)
      .load("ERR_get_error", tls.err_get_error)
      .load("ERR_peek_error", tls.err_peek_error)
      .load("ERR_reason_error_string", tls.err_reason_error_string)
      .load("X509_verify_cert_error_string", tls.x509_verify_cert_error_string);
  return loader.error();
}

Result<TlsLibrary> load_tls() {
  TlsLibrary tls;
  if (std::optional<Error> error = load_ssl(tls)) return *error;
  if (std::optional<Error> error = load_crypto(tls)) return *error;
  return tls;
}

}  // namespace

Result<const TlsLibrary*> tls_library() {
  static const Result<TlsLibrary> library = load_tls();
  if (!library) return library.error();
  return &*library;
}

}  // namespace vnode
