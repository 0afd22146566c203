#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace vnode::test {
namespace {

/// Up to the end of what Content-Length promises.
std::string read_request(int connection) {
  std::string request;
  char buffer[4096];
  while (true) {
    std::size_t head = request.find("\r\n\r\n");
    if (head != std::string::npos) {
      std::size_t length = request.find("Content-Length: ");
      std::size_t body = length < head ? std::strtoul(request.c_str() + length + 16, nullptr, 10) : 0;
      if (request.size() >= head + 4 + body) return request;
    }
    ssize_t count = read(connection, buffer, sizeof buffer);
    if (count <= 0) return request;
    request.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace

HttpServer::HttpServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, any, &size) != 0 || pipe(wake_) != 0) {
    throw std::runtime_error("the test server cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
  close(wake_[1]);
  thread_.join();
  for (int connection : held_) close(connection);
  close(wake_[0]);
  close(listener_);
}

void HttpServer::serve() {
  while (true) {
    pollfd watched[2] = {{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (poll(watched, 2, -1) < 0) continue;
    if (watched[1].revents) return;
    int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) answer(connection);
  }
}

void HttpServer::answer(int connection) {
  std::string request = read_request(connection);
  {
    std::scoped_lock lock(mutex_);
    requests_.push_back(request);
  }
  received_.notify_all();
  std::string reply = handler_(request);
  if (reply.empty()) {
    held_.push_back(connection);
    return;
  }
  [[maybe_unused]] ssize_t sent = send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
  close(connection);
}

std::string HttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<std::string> HttpServer::requests() const {
  std::scoped_lock lock(mutex_);
  return requests_;
}

void HttpServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  received_.wait(lock, [this, count] { return requests_.size() >= count; });
}

std::string http_reply(const std::string& status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
         "\r\n" + body;
}

}  // namespace vnode::test
