// Result<T>: a value or a Failure. Nothing below binding/ throws; every caller must look.
#pragma once

#include <cerrno>
#include <string>
#include <utility>
#include <variant>

namespace vn {

/// What went wrong, named where the call was made.
struct Failure {
  int error_number = 0;
  /// Static text: the call or the step that failed.
  const char* operation = "";
  std::string detail;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : content_(std::in_place_index<1>, std::move(failure)) {}

  bool ok() const { return content_.index() == 0; }
  /// Only after ok().
  T& value() { return *std::get_if<0>(&content_); }
  const T& value() const { return *std::get_if<0>(&content_); }
  /// Only after !ok().
  const Failure& failure() const { return *std::get_if<1>(&content_); }

 private:
  std::variant<T, Failure> content_;
};

struct Done {};
using Status = Result<Done>;

/// The Failure of a system call that has just set errno.
inline Failure failed(const char* operation, std::string detail = {}) {
  return Failure{errno, operation, std::move(detail)};
}

}  // namespace vn
