#include <cmath>
#include <cstdint>
#include <random>

#include "model/value_ops.h"
#include "nodes/conversions.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

/// An operand as a float; None counts as zero.
Result<double> operand(const Value& value) {
  if (value.is_none()) return 0.0;
  return to_float(value);
}

/// Applies an operation to inputs `a` and `b`. What is not a number gives None and a warning, and the flow
/// goes on.
template <class Operation>
Outputs calculate(NodeCall& call, Operation operation) {
  const Result<double> a = operand(call.input("a"));
  const Result<double> b = operand(call.input("b"));
  if (!a || !b) {
    call.log_warning("Cannot calculate: " + (a ? b : a).error().message);
    return {{"result", nullptr}};
  }
  return {{"result", operation(call, *a, *b)}};
}

Value warn_about_zero(NodeCall& call) {
  call.log_warning("Cannot calculate: division by zero");
  return {};
}

/// Python's float modulo: the result has the sign of the divisor.
double modulo(double a, double b) {
  const double remainder = std::fmod(a, b);
  if (remainder == 0.0) return std::copysign(0.0, b);
  return (b < 0) != (remainder < 0) ? remainder + b : remainder;
}

/// Uniform in [0, 1) with 53 random bits: the same sequence for a seed with every standard library.
double uniform(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

Outputs add_integers(NodeCall& call) {
  const Value& a = call.input("a");
  const Value& b = call.input("b");
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.is_none() ? 0 : require_int(a, "a"), b.is_none() ? 0 : require_int(b, "b"),
                             &sum)) {
    throw NodeFailure("integer overflow: a + b does not fit 64 bits");
  }
  return {{"result", sum}};
}

Outputs random_float(NodeCall& call) {
  const Value& min = call.input("min");
  const Value& max = call.input("max");
  const double low = min.is_none() ? 0.0 : require_float(min, "min");
  const double high = max.is_none() ? 1.0 : require_float(max, "max");
  return {{"value", low + (high - low) * uniform(call.random_bits())}};
}

void add_sums(NodeLibrary& library) {
  library.add({.definition = {.node_id = "math_add",
                              .name = "Add",
                              .category = "Math",
                              .description = "Adds two numbers.",
                              .inputs = {{"a", "number", 0, "float"}, {"b", "number", 0, "float"}},
                              .outputs = {{"result", "number"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return calculate(call, [](NodeCall&, double a, double b) { return Value(a + b); });
               }});

  library.add({.definition = {.node_id = "math_subtract",
                              .name = "Subtract",
                              .category = "Math",
                              .description = "Subtracts b from a.",
                              .inputs = {{"a", "number", 0, "float"}, {"b", "number", 0, "float"}},
                              .outputs = {{"result", "number"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return calculate(call, [](NodeCall&, double a, double b) { return Value(a - b); });
               }});

  library.add({.definition = {.node_id = "add_integers",
                              .name = "Add Integers",
                              .category = "Math",
                              .description = "Adds two whole numbers.",
                              .inputs = {{"a", "int", 0, "int"}, {"b", "int", 0, "int"}},
                              .outputs = {{"result", "int"}}},
               .compute = add_integers});
}

void add_products(NodeLibrary& library) {
  library.add({.definition = {.node_id = "math_multiply",
                              .name = "Multiply",
                              .category = "Math",
                              .description = "Multiplies two numbers.",
                              .inputs = {{"a", "number", 1, "float"}, {"b", "number", 1, "float"}},
                              .outputs = {{"result", "number"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return calculate(call, [](NodeCall&, double a, double b) { return Value(a * b); });
               }});

  library.add({.definition = {.node_id = "math_divide",
                              .name = "Divide",
                              .category = "Math",
                              .description = "Divides a by b.",
                              .inputs = {{"a", "number", 0, "float"}, {"b", "number", 1, "float"}},
                              .outputs = {{"result", "number"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return calculate(call, [](NodeCall& call, double a, double b) {
                   return b == 0 ? warn_about_zero(call) : Value(a / b);
                 });
               }});

  library.add({.definition = {.node_id = "math_modulo",
                              .name = "Modulo",
                              .category = "Math",
                              .description = "The remainder of a divided by b, with the sign of b.",
                              .inputs = {{"a", "number", 0, "float"}, {"b", "number", 1, "float"}},
                              .outputs = {{"result", "number"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return calculate(call, [](NodeCall& call, double a, double b) {
                   return b == 0 ? warn_about_zero(call) : Value(modulo(a, b));
                 });
               }});
}

}  // namespace

void add_math_nodes(NodeLibrary& library) {
  add_sums(library);
  add_products(library);

  library.add({.definition = {.node_id = "example_random_float",
                              .name = "Random Float",
                              .category = "Math",
                              .description = "A random number between min and max.",
                              .inputs = {{"min", "float", 0, "float"}, {"max", "float", 0, "float"}},
                              .outputs = {{"value", "float"}}},
               .compute = random_float});
}

}  // namespace vnode
