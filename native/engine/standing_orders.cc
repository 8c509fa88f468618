#include "engine/standing_orders.hh"

#include <algorithm>
#include <utility>

#include "base/clock.hh"
#include "engine/command_queue.hh"
#include "engine/decode_command.hh"
#include "engine/encode_command.hh"

namespace vn::engine {

namespace {

/// Failure: a command is malformed or not for the kernel, or there are too many. Their ids must be 0, 1, 2, …
Status check_commands(const StandingOrder& order) {
  std::size_t count = 0;
  for (ByteView rest = order.commands.bytes; !rest.empty(); ++count) {
    const auto record = record::first_record(rest);
    if (!record) return Failure{EINVAL, "set orders", "a record is cut short"};
    const auto command = decode_command(*record);
    if (!command.ok()) return command.failure();
    if (!is_kernel_write(command.value().type) || command.value().id != count) {
      return Failure{EINVAL, "set orders", "not a command that an order can hold"};
    }
    const auto encoded = encode_command(command.value());
    if (!encoded.ok()) return encoded.failure();
    rest = rest.subspan(record->size());
  }
  if (count > StandingOrders::kMaxCommands) return Failure{E2BIG, "set orders", "too many commands in an order"};
  return Done{};
}

}  // namespace

Status StandingOrders::replace(const SetOrders& orders, const CommandWriter& writer) {
  if (orders.orders.size() > kMaxOrders) return Failure{E2BIG, "set orders", "too many orders"};
  std::vector<Standing> standing;
  for (const StandingOrder& order : orders.orders) {
    const Status checked = check_commands(order);
    if (!checked.ok()) return checked;
    CommandQueue commands;
    commands.add(order.commands.bytes);
    Standing each{order.name, order.ifindex, order.lower_up, {}};
    while (!commands.empty()) each.chunks.push_back(writer.prepare(commands));
    standing.push_back(std::move(each));
  }
  generation_ = orders.generation;
  standing_ = std::move(standing);
  return Done{};
}

void StandingOrders::carrier(std::uint32_t ifindex, bool lower_up, CommandWriter& writer, std::vector<Event>& done) {
  const auto waits = [&](const Standing& each) { return each.ifindex == ifindex && each.lower_up == lower_up; };
  for (Standing& each : standing_) {
    if (waits(each)) done.push_back(carry_out(each, writer));
  }
  std::erase_if(standing_, waits);
}

Event StandingOrders::carry_out(Standing& standing, CommandWriter& writer) const {
  OrderDone done{generation_, standing.name, standing.ifindex, now_ms(), 0, {}};
  std::vector<Event> answers;
  for (CommandWriter::Chunk& chunk : standing.chunks) writer.carry_out(chunk, answers);
  done.done_ms = now_ms();
  for (Event& answer : answers) {
    auto* reply = std::get_if<Reply>(&answer.body);
    if (reply == nullptr || !reply->error) continue;
    done.refusals.push_back({static_cast<std::uint32_t>(reply->id), std::move(*reply->error)});
  }
  return {EventType::kOrder, done.done_ms, std::move(done)};
}

}  // namespace vn::engine
