#include "golden.hh"

#include <linux/netlink.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "check.hh"

namespace vn::golden {

namespace {

ByteBuffer read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string path_of(const std::string& name, const char* extension) { return std::string(VN_FIXTURES "/netlink/") + name + extension; }

/// One object of scalars, as JSON.stringify writes it; no string of ours needs an escape.
class FactReader {
 public:
  explicit FactReader(std::string text) : text_(std::move(text)) {}

  Facts read() {
    Facts facts;
    while (const auto name = quoted()) {
      skip(" :");
      facts[*name] = at() == '"' ? *quoted() : scalar();
    }
    return facts;
  }

 private:
  char at() const { return next_ < text_.size() ? text_[next_] : '\0'; }
  void skip(const char* characters) { next_ = std::min(text_.find_first_not_of(characters, next_), text_.size()); }

  std::optional<std::string> quoted() {
    const std::size_t from = text_.find('"', next_);
    const std::size_t to = from == std::string::npos ? from : text_.find('"', from + 1);
    if (to == std::string::npos) return std::nullopt;
    next_ = to + 1;
    return text_.substr(from + 1, to - from - 1);
  }

  std::string scalar() {
    const std::size_t to = std::min(text_.find_first_of(",\n}", next_), text_.size());
    const std::string word = text_.substr(next_, to - next_);
    next_ = to;
    return word == "true" || word == "false" ? word : number_text(std::strtod(word.c_str(), nullptr));
  }

  std::string text_;
  std::size_t next_ = 0;
};

}  // namespace

std::vector<ByteBuffer> load_datagrams(const std::string& name) {
  const ByteBuffer bytes = read_file(path_of(name, ".bin"));
  std::vector<ByteBuffer> datagrams;
  std::size_t offset = 0;
  while (const auto length = load<std::uint32_t>(bytes, offset)) {
    offset += sizeof(std::uint32_t);
    REQUIRE(*length <= bytes.size() - offset);
    append_bytes(datagrams.emplace_back(), ByteView{bytes}.subspan(offset, *length));
    offset += *length;
  }
  REQUIRE_FALSE(datagrams.empty());
  return datagrams;
}

Facts load_facts(const std::string& name) {
  const ByteBuffer bytes = read_file(path_of(name, ".json"));
  Facts facts = FactReader(std::string(bytes.begin(), bytes.end())).read();
  REQUIRE_FALSE(facts.empty());
  return facts;
}

void for_each_message(const std::vector<ByteBuffer>& datagrams, const std::function<void(const netlink::Message&)>& visit) {
  for (const ByteBuffer& datagram : datagrams) {
    netlink::MessageReader reader(datagram);
    while (const auto message = reader.next()) {
      if (message->type != NLMSG_DONE && message->type != NLMSG_ERROR) visit(*message);
    }
    CHECK_FALSE(reader.malformed());
  }
}

void check_facts(const Facts& decoded, const Facts& expected) {
  for (const auto& [path, value] : expected) {
    INFO(path);
    const auto found = decoded.find(path);
    CHECK((found == decoded.end() ? std::string("(absent)") : found->second) == value);
  }
}

std::string number_text(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

std::string hex_text(ByteView bytes) {
  std::string text;
  for (const std::uint8_t octet : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", octet);
    text += digits;
  }
  return text;
}

std::string words_text(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace vn::golden
