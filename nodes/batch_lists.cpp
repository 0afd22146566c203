#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/batch.h"
#include "nodes/glob.h"
#include "nodes/json_path.h"

namespace vnode {
namespace {

constexpr std::array<std::string_view, 8> kTests = {"==", "!=", "<", "<=", ">", ">=", "contains", "matches"};

bool is_number(const Value& value) { return value.is_bool() || value.is_int() || value.is_float(); }

/// Numbers with numbers and texts with texts; nullopt for all else, and NaN.
std::optional<std::partial_ordering> sort_order(const Value& a, const Value& b) {
  if (a.is_text() && b.is_text()) return a.as_text() <=> b.as_text();
  if (!is_number(a) || !is_number(b)) return std::nullopt;
  if (!a.is_float() && !b.is_float()) return a.as_int() <=> b.as_int();
  Result<double> x = to_float(a);
  Result<double> y = to_float(b);
  if (!x || !y) return std::nullopt;
  std::partial_ordering order = *x <=> *y;
  return order == std::partial_ordering::unordered ? std::nullopt : std::optional(order);
}

JsonPath key_input(const NodeCall& call) {
  Result<JsonPath> key = JsonPath::parse(text_input(call, "key"));
  if (!key) throw NodeFailure("key: " + key.error().message);
  return *key;
}

Value items_input(const NodeCall& call) {
  Result<Value> items = iterate(call.input("items"));
  if (!items) throw NodeFailure("items: " + items.error().message);
  return *items;
}

struct Keyed {
  Value key;
  Value item;
};

/// Items in a row must be comparable with one another: then all are, and sorting cannot fail half-way.
void require_comparable(const std::vector<Keyed>& items) {
  for (const Keyed& keyed : items) {
    if (sort_order(keyed.key, items.front().key)) continue;
    throw NodeFailure("cannot sort " + std::string(type_name(keyed.key)) + " " + to_repr(keyed.key) +
                      " with " + std::string(type_name(items.front().key)) + " " +
                      to_repr(items.front().key));
  }
}

Outputs sort_list(NodeCall& call) {
  JsonPath key = key_input(call);
  Value items = items_input(call);
  std::vector<Keyed> keyed;
  keyed.reserve(items.as_list().size());
  for (const Value& item : items.as_list()) keyed.push_back({key.find(item).value_or(Value()), item});
  require_comparable(keyed);
  bool descending = truthy(call.input("descending"));
  std::stable_sort(keyed.begin(), keyed.end(), [descending](const Keyed& a, const Keyed& b) {
    return *(descending ? sort_order(b.key, a.key) : sort_order(a.key, b.key)) < 0;
  });
  std::vector<Value> sorted;
  sorted.reserve(keyed.size());
  for (Keyed& entry : keyed) sorted.push_back(std::move(entry.item));
  return {{"result", Value::list(std::move(sorted))}};
}

bool contains(const Value& value, const Value& wanted) {
  if (value.is_text())
    return wanted.is_text() && value.as_text().find(wanted.as_text()) != std::string_view::npos;
  if (value.is_dict()) return is_hashable(wanted) && value.as_dict().find(wanted);
  if (!value.is_list()) return false;
  auto items = value.as_list();
  return std::any_of(items.begin(), items.end(),
                     [&wanted](const Value& item) { return equal(item, wanted); });
}

bool passes(const Value& value, std::string_view test, const Value& wanted) {
  if (test == "==") return equal(value, wanted);
  if (test == "!=") return !equal(value, wanted);
  if (test == "contains") return contains(value, wanted);
  if (test == "matches") return value.is_text() && matches_glob(to_text(wanted), value.as_text());
  std::optional<std::partial_ordering> order = sort_order(value, wanted);
  if (!order) return false;
  if (test == "<") return *order < 0;
  if (test == "<=") return *order <= 0;
  return test == ">" ? *order > 0 : *order >= 0;
}

Outputs filter_list(NodeCall& call) {
  JsonPath key = key_input(call);
  std::string test = text_input(call, "test");
  if (std::find(kTests.begin(), kTests.end(), test) == kTests.end())
    throw NodeFailure("unknown test: " + test);
  Value items = items_input(call);
  std::vector<Value> accepted;
  for (const Value& item : items.as_list()) {
    std::optional<Value> value = key.find(item);
    if (value && passes(*value, test, call.input("value"))) accepted.push_back(item);
  }
  std::size_t count = accepted.size();
  return {{"result", Value::list(std::move(accepted))}, {"count", count}};
}

}  // namespace

void add_list_nodes(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "sort_list",
                     .name = "Sort List",
                     .category = "Data",
                     .description =
                         "The items in order: numbers by size, texts by their characters. With a key (a path "
                         "as in JSON Query) by what each item has there. Equal items keep their order.",
                     .inputs = {{"items", "list"},
                                {"key", "string", "", "text"},
                                {"descending", "bool", false, "bool"}},
                     .outputs = {{"result", "list"}}},
      .compute = sort_list,
  });
  library.add({
      .definition = {.node_id = "filter_list",
                     .name = "Filter List",
                     .category = "Data",
                     .description =
                         "The items that pass a test against a value; with a key (a path as in JSON Query) "
                         "what each item has there is tested. What cannot be compared does not pass.",
                     .inputs = {{"items", "list"},
                                {"key", "string", "", "text"},
                                {.name = "test",
                                 .type = "string",
                                 .default_value = "==",
                                 .widget = "dropdown",
                                 .options = {kTests.begin(), kTests.end()}},
                                {"value", "any"}},
                     .outputs = {{"result", "list"}, {"count", "int"}}},
      .compute = filter_list,
  });
}

}  // namespace vnode
