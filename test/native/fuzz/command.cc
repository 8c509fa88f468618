// Any bytes as records of JavaScript's: through the queue, as the loop reads them.
#include "engine/command_queue.hh"
#include "engine/decode_command.hh"
#include "engine/encode_command.hh"
#include "engine/encode_generic.hh"
#include "fuzz_target.hh"

VN_FUZZ_TARGET(command) {
  const vn::ByteBuffer bytes(input.begin(), input.end());
  (void)vn::engine::decode_command(bytes).ok();
  if (!vn::engine::are_whole_records(bytes)) return;
  vn::engine::CommandQueue queue;
  queue.add(bytes);
  for (; !queue.empty(); queue.pop()) {
    const auto& next = queue.front();
    if (next.command.ok() && vn::engine::is_kernel_write(next.command.value().type)) {
      (void)vn::engine::encode_command(next.command.value()).ok();
    }
    if (next.command.ok() && vn::engine::is_generic_write(next.command.value().type)) {
      (void)vn::engine::encode_generic(next.command.value(), 33).ok();
    }
  }
}
