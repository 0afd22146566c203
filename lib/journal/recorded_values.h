#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/secret_mask.h"
#include "journal/object_origins.h"
#include "model/value.h"
#include "model/value_mask.h"

namespace vnode {

/// How journals write the digest of some bytes: the beginning of a SHA-256, in hexadecimal digits.
std::string short_digest(std::string_view bytes);

/// Values as a journal has them: without the run's secrets; large ones, and large texts in others, once, each
/// in a record of its own, and else by their numbers. Thread rule: one thread at a time.
class RecordedValues {
 public:
  /// The encoding of a value that is larger stands once.
  static constexpr std::size_t kLarge = 64 * 1024;

  /// `append` writes the payload of a record. `last_number`: of those that the file has already.
  RecordedValues(std::shared_ptr<const SecretMask> mask, std::function<void(std::string_view)> append,
                 std::uint64_t last_number = 0)
      : secrets_(std::move(mask)), mask_(*secrets_), append_(std::move(append)), last_number_(last_number) {}

  /// What stands in a record for the value. `was_masked` becomes true if a secret was in it.
  std::string encode(const Value& value, bool& was_masked);
  /// 32 hexadecimal digits that tell equal values (in value and type) from others.
  std::string digest(const Value& value, bool& was_masked);
  /// Opaque objects in it count by where they come from.
  ObjectOrigins& origins() { return origins_; }
  /// A text without secrets.
  std::string text(std::string_view text, bool& was_masked) const;

 private:
  struct Large {
    Value value;
    std::string digest;        ///< empty: not asked for
    std::uint64_t number = 0;  ///< 0: not stored
  };

  Value masked(const Value& value, bool& was_masked);
  Large* find_large(const Value& value);
  Large& remember_large(const Value& value);
  std::uint64_t store(const Value& value, std::string_view encoded);
  std::uint64_t store_text(const Value& text);

  std::shared_ptr<const SecretMask> secrets_;
  ValueMask mask_;
  ObjectOrigins origins_;
  std::function<void(std::string_view)> append_;
  const std::uint64_t last_number_;
  std::unordered_map<std::string, std::uint64_t> stored_;  ///< digest of the encoding -> number
  std::vector<Large> recent_;  ///< the last ones, so that a value that goes to many nodes is looked at once
  std::size_t next_recent_ = 0;
};

}  // namespace vnode
