// replay FOLDER: feeds every stored input of FOLDER/TARGET/ to its target. *.bin holds many inputs, any other file is one
// (an input that once crashed). Ends by itself only where nothing crashes; prints what it did.
#include <cstdio>
#include <filesystem>
#include <vector>

#include "fixture_file.hh"
#include "fuzz_target.hh"

using namespace vn;

namespace {

/// In memory of its own exact size, so that a sanitizer sees a read beyond.
void feed(check::FuzzTarget target, const ByteBuffer& input) {
  const std::vector<std::uint8_t> exact(input.begin(), input.end());
  target(exact);
}

std::size_t replay(check::FuzzTarget target, const std::filesystem::path& folder) {
  std::size_t inputs = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::vector<ByteBuffer> list;
    if (file.path().extension() == ".bin") list = check::read_entries(file.path());
    else list.push_back(check::read_file(file.path()));
    for (const ByteBuffer& input : list) {
      feed(target, input);
      inputs += 1;
    }
  }
  return inputs;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: replay FOLDER\n");
    return 2;
  }
  bool complete = true;
  for (const auto& [name, target] : check::fuzz_targets()) {
    const std::filesystem::path folder = std::filesystem::path(argv[1]) / name;
    const std::size_t inputs = std::filesystem::is_directory(folder) ? replay(target, folder) : 0;
    std::printf("%s: %zu inputs\n", name.c_str(), inputs);
    // A target without a corpus has not been fuzzed yet: `npm run fuzz -- --keep TARGET`.
    complete = complete && inputs > 0;
  }
  return complete ? 0 : 1;
}
