#include "async/tls_stream.h"

#include <arpa/inet.h>

#include "async/tls_library.h"

namespace vnode {
namespace {

/// The largest record of TLS.
constexpr std::size_t kRecord = 16 * 1024;

Error failed(std::string why) { return {ErrorCode::kInvalidValue, std::move(why)}; }

bool is_ip_address(const std::string& host) {
  in6_addr address;
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

/// What is wrong with a certificate, for people who do not know X.509.
std::string verdict(const TlsLibrary& tls, long result, const std::string& host) {
  switch (result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is not for " + host;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the certificate is not valid yet";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "the certificate is not from an authority that is trusted here";
    default:
      return std::string("the certificate is not trusted: ") + tls.x509_verify_cert_error_string(result);
  }
}

std::string reason_text(const TlsLibrary& tls, unsigned long error) {
  switch (ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_UNEXPECTED_MESSAGE:
      return "the other side does not speak TLS";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return "the other side does not trust the certificate: it is from no authority that it knows";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
      return "the other side does not accept the certificate";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return "the other side says that the certificate has expired";
    default: {
      const char* reason = tls.err_reason_error_string(error);
      return std::string("TLS failed: ") + (reason ? reason : "no reason is known");
    }
  }
}

}  // namespace

struct TlsStream::State {
  State(const TlsLibrary& library, const TlsContext& context)
      : tls(library),
        ssl(tls.ssl_new(context.get()), tls.ssl_free),
        input(tls.bio_new(tls.bio_s_mem())),
        output(tls.bio_new(tls.bio_s_mem())) {
    if (ssl && input && output) {
      tls.ssl_set_bio(ssl.get(), input, output);
    } else {
      tls.bio_free(input);
      tls.bio_free(output);
      ssl.reset();
    }
  }

  Result<void> shake_hands();
  Result<void> decrypt(std::string& plain);
  Error failure();

  const TlsLibrary& tls;
  std::unique_ptr<SSL, decltype(TlsLibrary::ssl_free)> ssl;
  BIO* input;   ///< owned by `ssl`,
  BIO* output;  ///< like this one
  std::string host = {};
  bool is_open = false;
  bool is_at_end = false;
};

/// Whatever earlier calls left on the thread's list would be taken for the reason of this one.
Result<void> TlsStream::State::shake_hands() {
  tls.err_clear_error();
  const int result = tls.ssl_do_handshake(ssl.get());
  is_open = result == 1;
  if (is_open || tls.ssl_get_error(ssl.get(), result) == SSL_ERROR_WANT_READ) return {};
  return failure();
}

Result<void> TlsStream::State::decrypt(std::string& plain) {
  char record[kRecord];
  while (!is_at_end) {
    tls.err_clear_error();
    const int size = tls.ssl_read(ssl.get(), record, sizeof record);
    if (size > 0) {
      plain.append(record, static_cast<std::size_t>(size));
      continue;
    }
    const int error = tls.ssl_get_error(ssl.get(), size);
    if (error == SSL_ERROR_WANT_READ) return {};
    if (error != SSL_ERROR_ZERO_RETURN) return failure();
    is_at_end = true;
  }
  return {};
}

Error TlsStream::State::failure() {
  const unsigned long error = tls.err_get_error();
  tls.err_clear_error();
  const long result = tls.ssl_get_verify_result(ssl.get());
  if (!host.empty() && result != X509_V_OK) return failed(verdict(tls, result, host));
  return failed(reason_text(tls, error));
}

Result<std::unique_ptr<TlsStream::State>> TlsStream::make(const TlsContext& context) {
  const Result<const TlsLibrary*> library = tls_library();
  if (!library) return library.error();
  auto state = std::make_unique<State>(**library, context);
  if (!state->ssl) return Error{ErrorCode::kUnavailable, "there is no memory for another TLS connection"};
  return state;
}

Result<TlsStream> TlsStream::accept(const TlsContext& context) {
  Result<std::unique_ptr<State>> state = make(context);
  if (!state) return state.error();
  (*state)->tls.ssl_set_accept_state((*state)->ssl.get());
  return TlsStream(std::move(*state));
}

Result<TlsStream> TlsStream::connect(const TlsContext& context, const std::string& host) {
  Result<std::unique_ptr<State>> made = make(context);
  if (!made) return made.error();
  State& state = **made;
  state.host = host;
  state.tls.ssl_set_connect_state(state.ssl.get());
  // Numbers are compared with the addresses in the certificate.
  if (state.tls.ssl_set1_host(state.ssl.get(), host.c_str()) != 1) {
    return Error{ErrorCode::kUsage, "'" + host + "' is no name of a host"};
  }
  if (!is_ip_address(host)) {
    std::string name = host;
    state.tls.ssl_ctrl(state.ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  return TlsStream(std::move(*made));
}

TlsStream::TlsStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsStream::TlsStream(TlsStream&&) noexcept = default;
TlsStream& TlsStream::operator=(TlsStream&&) noexcept = default;
TlsStream::~TlsStream() = default;

Result<void> TlsStream::receive(std::string_view bytes, std::string& plain) {
  State& state = *state_;
  if (!bytes.empty()) state.tls.bio_write(state.input, bytes.data(), static_cast<int>(bytes.size()));
  if (!state.is_open) {
    if (Result<void> shaken = state.shake_hands(); !shaken) return shaken;
  }
  return state.is_open ? state.decrypt(plain) : Result<void>();
}

void TlsStream::send(std::string_view plain) {
  if (plain.empty()) return;
  state_->tls.err_clear_error();
  // Memory takes all of it.
  state_->tls.ssl_write(state_->ssl.get(), plain.data(), static_cast<int>(plain.size()));
}

void TlsStream::close() {
  state_->tls.err_clear_error();
  state_->tls.ssl_shutdown(state_->ssl.get());
  state_->tls.err_clear_error();
}

void TlsStream::take_output(std::string& bytes) {
  const std::size_t size = state_->tls.bio_ctrl_pending(state_->output);
  if (size == 0) return;
  const std::size_t before = bytes.size();
  bytes.resize(before + size);
  state_->tls.bio_read(state_->output, bytes.data() + before, static_cast<int>(size));
}

bool TlsStream::is_open() const { return state_->is_open; }

bool TlsStream::is_at_end() const { return state_->is_at_end; }

}  // namespace vnode
