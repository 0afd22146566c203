#include "daemon/server_tls.h"

#include "async/sockets.h"
#include "base/private_file.h"

namespace vnode {
namespace {

constexpr std::size_t kMostKey = 64 * 1024;

}  // namespace

Result<std::optional<TlsContext>> load_server_tls(const DaemonSettings& settings) {
  if (settings.listen.empty()) return std::optional<TlsContext>();
  const Result<bool> is_local = is_loopback(settings.listen);
  if (!is_local) return is_local.error();
  if (settings.token.empty()) return usage_error("listening on TCP needs a token file");
  if (settings.tls_certificate.empty() != settings.tls_key.empty()) {
    return usage_error("TLS needs both a certificate and its key: --tls-certificate and --tls-key");
  }
  if (settings.tls_certificate.empty()) {
    if (*is_local) return std::optional<TlsContext>();
    return usage_error("listening beyond this machine needs TLS, --tls-certificate and --tls-key: " +
                       settings.listen);
  }
  const Result<std::string> key = read_private_file(settings.tls_key, "key", kMostKey);
  if (!key) return key.error();
  Result<TlsContext> context = TlsContext::for_server(settings.tls_certificate, settings.tls_key, *key);
  if (!context) return context.error();
  return std::optional(std::move(*context));
}

}  // namespace vnode
