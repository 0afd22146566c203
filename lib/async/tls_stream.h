#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "async/tls_context.h"
#include "base/error.h"

namespace vnode {

/// One TLS connection without its socket: what goes in and comes out is in memory, so that whoever has the
/// socket decides when to read and write. Thread rule: one thread at a time.
class TlsStream {
 public:
  /// The server's side. Errors: kUnavailable when there is no memory.
  static Result<TlsStream> accept(const TlsContext& context);
  /// The client's side; the server's certificate must be for `host`: a name, or an IP address as a number.
  static Result<TlsStream> connect(const TlsContext& context, const std::string& host);
  TlsStream(TlsStream&&) noexcept;
  TlsStream& operator=(TlsStream&&) noexcept;
  ~TlsStream();

  /// Takes what has come from the other side, and appends what that means to `plain`. (A client calls it once
  /// without any: that is how it begins.) An error ends the connection; there may be output left that says
  /// why. kInvalidValue: the other side is not trusted, does not trust, or speaks no TLS.
  Result<void> receive(std::string_view bytes, std::string& plain);
  /// Only once open, and before `close`.
  void send(std::string_view plain);
  /// Tells the other side that nothing more comes. Only once open.
  void close();
  /// Appends what is to go to the other side.
  void take_output(std::string& bytes);

  bool is_open() const;    ///< the handshake is done
  bool is_at_end() const;  ///< the other side has told that nothing more comes

 private:
  struct State;
  explicit TlsStream(std::unique_ptr<State> state);
  static Result<std::unique_ptr<State>> make(const TlsContext& context);
  std::unique_ptr<State> state_;
};

}  // namespace vnode
