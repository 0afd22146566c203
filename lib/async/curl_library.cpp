#include "async/curl_library.h"

#include "base/lazy_library.h"

namespace vnode {
namespace {

Result<CurlLibrary> load_curl() {
  CurlLibrary curl;
  LibraryLoader loader("libcurl.so.4");
  loader.load("curl_global_init", curl.global_init)
      .load("curl_slist_append", curl.slist_append)
      .load("curl_slist_free_all", curl.slist_free_all)
      .load("curl_easy_init", curl.easy_init)
      .load("curl_easy_setopt", curl.easy_setopt)
      .load("curl_easy_getinfo", curl.easy_getinfo)
      .load("curl_easy_reset", curl.easy_reset)
      .load("curl_easy_cleanup", curl.easy_cleanup)
      .load("curl_easy_strerror", curl.easy_strerror)
      .load("curl_multi_init", curl.multi_init)
      .load("curl_multi_add_handle", curl.multi_add_handle)
      .load("curl_multi_remove_handle", curl.multi_remove_handle)
      .load("curl_multi_perform", curl.multi_perform)
      .load("curl_multi_poll", curl.multi_poll)
      .load("curl_multi_wakeup", curl.multi_wakeup)
      .load("curl_multi_info_read", curl.multi_info_read)
      .load("curl_multi_cleanup", curl.multi_cleanup);
  if (loader.error()) return *loader.error();
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Error{ErrorCode::kUnavailable, "libcurl does not start"};
  }
  return curl;
}

}  // namespace

Result<const CurlLibrary*> curl_library() {
  static const Result<CurlLibrary> library = load_curl();
  if (!library) return library.error();
  return &*library;
}

}  // namespace vnode
