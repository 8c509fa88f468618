// Files of captured bytes: entries of a length (u32, little-endian) and as many bytes. As scripts/goldens.mjs and
// scripts/fuzz.mjs write them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.hh"

namespace vn::check {

/// Every byte of a file; ends the program where it cannot be read, for there is nothing to test then.
inline ByteBuffer read_file(const std::filesystem::path& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    std::perror(path.c_str());
    std::exit(1);
  }
  ByteBuffer bytes;
  for (int octet = std::fgetc(file); octet != EOF; octet = std::fgetc(file)) bytes.push_back(static_cast<std::uint8_t>(octet));
  (void)std::fclose(file);
  return bytes;
}

/// The entries of a file; ends the program where a length lies.
inline std::vector<ByteBuffer> read_entries(const std::filesystem::path& path) {
  const ByteBuffer bytes = read_file(path);
  std::vector<ByteBuffer> entries;
  for (ByteView rest = bytes; !rest.empty();) {
    const auto length = load<std::uint32_t>(rest);
    if (!length || rest.size() - sizeof *length < *length) {
      std::fprintf(stderr, "%s is cut short\n", path.c_str());
      std::exit(1);
    }
    const ByteView entry = rest.subspan(sizeof *length, *length);
    entries.emplace_back(entry.begin(), entry.end());
    rest = tail(rest, sizeof *length + *length);
  }
  return entries;
}

}  // namespace vn::check
