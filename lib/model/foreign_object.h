#pragma once

#include <memory>
#include <string>
#include <utility>

namespace vnode {

/// A value that only the runtime it comes from understands: a Python object that is not data. The engine
/// carries it, shows it, and hands it back. Runtimes derive from it to keep what they need to find the object
/// again; its destruction tells them that nobody holds it any more (on any thread). Immutable.
class ForeignObject : public std::enable_shared_from_this<ForeignObject> {
 public:
  ForeignObject(std::string type, std::string repr, std::string text, bool truth)
      : type_(std::move(type)), repr_(std::move(repr)), text_(std::move(text)), truth_(truth) {}
  ForeignObject(const ForeignObject&) = delete;
  virtual ~ForeignObject() = default;

  const std::string& type() const { return type_; }  ///< the name of its Python type
  const std::string& repr() const { return repr_; }
  const std::string& text() const { return text_; }  ///< Python's str(x)
  bool truth() const { return truth_; }              ///< Python's bool(x)

  /// It is data after all, of a kind that the engine does not look into: whoever has `data` can make it anew.
  virtual bool is_data() const { return false; }
  /// The text by which its runtime knows it. Empty unless `is_data`.
  virtual std::string data() const { return {}; }

 private:
  std::string type_;
  std::string repr_;
  std::string text_;
  bool truth_;
};

}  // namespace vnode
