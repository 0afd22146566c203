#include "node/resource_pool.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace vnode {

ResourcePool::ResourcePool(std::size_t slots, ResourceAmounts total, ResourceLender* lender, Post post)
    : total_(std::move(total)),
      lender_(lender),
      post_(std::move(post)),
      self_(std::make_shared<ResourcePool*>(this)),
      free_slots_(std::max<std::size_t>(slots, 1)) {}

ResourcePool::~ResourcePool() {
  *self_ = nullptr;
  for (const auto& [number, entry] : entries_) {
    if (entry.loan != 0) lender_->end(entry.loan);
  }
}

bool has_all(const ResourceAmounts& total, const ResourceAmounts& amounts) {
  return std::all_of(amounts.begin(), amounts.end(), [&total](const auto& wanted) {
    const auto there = total.find(wanted.first);
    return there != total.end() && wanted.second <= there->second;
  });
}

bool ResourcePool::is_possible(const ResourceAmounts& amounts) const {
  return lender_ ? lender_->is_possible(amounts) : has_all(total_, amounts);
}

ResourcePool::Turn ResourcePool::take(const ResourceDemand& demand, std::function<void(Number)> granted) {
  const Number number = ++last_;
  Entry& entry =
      entries_.emplace(number, Entry{.demand = &demand, .granted = std::move(granted)}).first->second;
  if (lender_ && !demand.amounts.empty()) {
    borrow(number, entry);
  } else if (fits(demand, kept())) {
    grant(entry);
  } else {
    lines_[demand].insert(number);
  }
  return {number, entry.is_held};
}

void ResourcePool::borrow(Number number, Entry& entry) {
  if (is_shut_) {
    put_off_.insert(number);
    return;
  }
  entry.is_borrowing = true;
  const int borrowing = ++entry.borrowings;
  entry.loan = lender_->borrow(entry.demand->amounts, [post = post_, self = self_, number, borrowing] {
    post([self, number, borrowing] {
      if (*self) (*self)->on_borrowed(number, borrowing);
    });
  });
}

void ResourcePool::on_borrowed(Number number, int borrowing) {
  const auto found = entries_.find(number);
  if (found == entries_.end() || found->second.borrowings != borrowing || put_off_.contains(number)) return;
  found->second.is_borrowing = false;
  lines_[*found->second.demand].insert(number);
  serve();
}

void ResourcePool::end(Number number) {
  auto node = entries_.extract(number);
  if (node.empty()) return;
  const Entry& entry = node.mapped();
  if (entry.loan != 0) lender_->end(entry.loan);
  if (entry.is_held) {
    if (entry.demand->slot) ++free_slots_;
    if (!lender_) {
      for (const auto& [name, amount] : entry.demand->amounts) used_[name] -= amount;
    }
  } else {
    put_off_.erase(number);
    leave_line(number, *entry.demand);
  }
  serve();
}

void ResourcePool::leave_line(Number number, const ResourceDemand& demand) {
  const auto line = lines_.find(demand);
  if (line == lines_.end()) return;
  line->second.erase(number);
  if (line->second.empty()) lines_.erase(line);
}

void ResourcePool::hold() {
  is_shut_ = true;
  for (auto& [number, entry] : entries_) {
    if (entry.is_held || entry.loan == 0) continue;
    lender_->end(std::exchange(entry.loan, 0));
    entry.is_borrowing = false;
    leave_line(number, *entry.demand);
    put_off_.insert(number);
  }
}

void ResourcePool::release() {
  is_shut_ = false;
  for (const Number number : std::exchange(put_off_, {})) borrow(number, entries_.at(number));
  serve();
}

ResourceAmount ResourcePool::free(const std::string& name) const {
  const auto total = total_.find(name);
  const auto used = used_.find(name);
  return (total == total_.end() ? 0 : total->second) - (used == used_.end() ? 0 : used->second);
}

/// `kept`: for somebody else.
bool ResourcePool::fits(const ResourceDemand& demand, const ResourceAmounts* kept) const {
  if (is_shut_ || (demand.slot && free_slots_ == 0)) return false;
  if (lender_) return true;  // it has been lent all it needs
  return std::all_of(demand.amounts.begin(), demand.amounts.end(), [&](const auto& wanted) {
    ResourceAmount left = free(wanted.first);
    if (kept) {
      if (const auto found = kept->find(wanted.first); found != kept->end()) left -= found->second;
    }
    return left >= wanted.second;
  });
}

void ResourcePool::grant(Entry& entry) {
  entry.is_held = true;
  if (entry.demand->slot) --free_slots_;
  if (lender_) return;
  for (const auto& [name, amount] : entry.demand->amounts) used_[name] += amount;
}

/// What the first of those who wait asks for. A slot need not be kept: it goes to the first whom it helps.
const ResourceAmounts* ResourcePool::kept() const {
  const auto first = std::min_element(lines_.begin(), lines_.end(), [](const auto& a, const auto& b) {
    return *a.second.begin() < *b.second.begin();
  });
  return first == lines_.end() ? nullptr : &first->first.amounts;
}

/// Whose head is served next; the end when nobody is.
ResourcePool::Lines::iterator ResourcePool::next_line() {
  std::vector<Lines::iterator> order;
  order.reserve(lines_.size());
  for (auto line = lines_.begin(); line != lines_.end(); ++line) order.push_back(line);
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return *a->second.begin() < *b->second.begin(); });
  for (const Lines::iterator line : order) {
    if (fits(line->first, line == order.front() ? nullptr : &order.front()->first.amounts)) return line;
  }
  return lines_.end();
}

void ResourcePool::serve() {
  while (!is_shut_ && !lines_.empty()) {
    const Lines::iterator line = next_line();
    if (line == lines_.end()) return;
    const Number number = *line->second.begin();
    line->second.erase(line->second.begin());
    if (line->second.empty()) lines_.erase(line);
    Entry& entry = entries_.at(number);
    grant(entry);
    const std::function<void(Number)> granted = std::move(entry.granted);
    granted(number);
  }
}

ResourcePool::Lack ResourcePool::lack_of(Number number) const {
  const Entry& entry = entries_.at(number);
  const ResourceDemand& demand = *entry.demand;
  if (is_shut_) return {demand.slot ? WaitFor::kSlot : WaitFor::kResource, "the run is paused"};
  if (entry.is_borrowing) return {WaitFor::kResource, lender_->lack_of(demand.amounts)};
  if (lender_) return {};
  std::string detail;
  for (const auto& [name, amount] : demand.amounts) {
    const ResourceAmount left = free(name);
    if (left >= amount) continue;
    const auto total = total_.find(name);
    if (!detail.empty()) detail += "; ";
    detail += name + ": needs " + resource_amount_text(amount) + ", " +
              resource_amount_text(std::max<ResourceAmount>(left, 0)) + " of " +
              resource_amount_text(total == total_.end() ? 0 : total->second) + " free";
  }
  if (!detail.empty()) return {WaitFor::kResource, std::move(detail)};
  if (demand.slot && free_slots_ == 0) return {};
  return {WaitFor::kResource, resource_amounts_text(demand.amounts) + ": kept for who came before"};
}

}  // namespace vnode
