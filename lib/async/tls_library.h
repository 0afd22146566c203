#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/error.h"

namespace vnode {

/// The functions of OpenSSL that vnode uses for TLS, under their own names in lower case: those of libssl,
/// then those of libcrypto.
struct TlsLibrary {
  decltype(&TLS_server_method) tls_server_method = nullptr;
  decltype(&TLS_client_method) tls_client_method = nullptr;
  decltype(&SSL_CTX_new) ssl_ctx_new = nullptr;
  decltype(&SSL_CTX_free) ssl_ctx_free = nullptr;
  decltype(&SSL_CTX_ctrl) ssl_ctx_ctrl = nullptr;
  decltype(&SSL_CTX_set_options) ssl_ctx_set_options = nullptr;
  decltype(&SSL_CTX_set_num_tickets) ssl_ctx_set_num_tickets = nullptr;
  decltype(&SSL_CTX_set_verify) ssl_ctx_set_verify = nullptr;
  decltype(&SSL_CTX_set_default_verify_paths) ssl_ctx_set_default_verify_paths = nullptr;
  decltype(&SSL_CTX_load_verify_file) ssl_ctx_load_verify_file = nullptr;
  decltype(&SSL_CTX_use_certificate_chain_file) ssl_ctx_use_certificate_chain_file = nullptr;
  decltype(&SSL_CTX_use_PrivateKey) ssl_ctx_use_private_key = nullptr;
  decltype(&SSL_CTX_check_private_key) ssl_ctx_check_private_key = nullptr;
  decltype(&SSL_new) ssl_new = nullptr;
  decltype(&SSL_free) ssl_free = nullptr;
  decltype(&SSL_ctrl) ssl_ctrl = nullptr;
  decltype(&SSL_set1_host) ssl_set1_host = nullptr;
  decltype(&SSL_set_bio) ssl_set_bio = nullptr;
  decltype(&SSL_set_accept_state) ssl_set_accept_state = nullptr;
  decltype(&SSL_set_connect_state) ssl_set_connect_state = nullptr;
  decltype(&SSL_do_handshake) ssl_do_handshake = nullptr;
  decltype(&SSL_read) ssl_read = nullptr;
  decltype(&SSL_write) ssl_write = nullptr;
  decltype(&SSL_shutdown) ssl_shutdown = nullptr;
  decltype(&SSL_get_error) ssl_get_error = nullptr;
  decltype(&SSL_get_verify_result) ssl_get_verify_result = nullptr;

  decltype(&BIO_new) bio_new = nullptr;
  decltype(&BIO_free) bio_free = nullptr;
  decltype(&BIO_s_mem) bio_s_mem = nullptr;
  decltype(&BIO_new_mem_buf) bio_new_mem_buf = nullptr;
  decltype(&BIO_read) bio_read = nullptr;
  decltype(&BIO_write) bio_write = nullptr;
  decltype(&BIO_ctrl_pending) bio_ctrl_pending = nullptr;
  decltype(&PEM_read_bio_PrivateKey) pem_read_bio_private_key = nullptr;
  decltype(&EVP_PKEY_free) evp_pkey_free = nullptr;
  decltype(&ERR_clear_error) err_clear_error = nullptr;
  decltype(&ERR_get_error) err_get_error = nullptr;
  decltype(&ERR_peek_error) err_peek_error = nullptr;
  decltype(&ERR_reason_error_string) err_reason_error_string = nullptr;
  decltype(&X509_verify_cert_error_string) x509_verify_cert_error_string = nullptr;
};

/// The table, filled by the first call. kUnavailable where OpenSSL cannot be loaded. Thread rule: any thread.
Result<const TlsLibrary*> tls_library();

}  // namespace vnode
