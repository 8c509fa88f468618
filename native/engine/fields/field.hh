// What a field table is made of: JavaScript's name beside the member, and the words of an enum. All that carries structs
// over to JavaScript and back walks these tables, so a field is named in one place.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>

namespace vn::engine {

template <class Owner, class Value>
struct Field {
  const char* name;
  Value Owner::*member;
};

template <class Owner, class Value>
constexpr Field<Owner, Value> field(const char* name, Value Owner::*member) {
  return {name, member};
}

/// Specialised for each message and noun: kTable is a tuple of Field.
template <class T>
struct Fields;

template <class T>
concept Described = requires { Fields<T>::kTable; };

template <Described T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, Fields<T>::kTable);
}

/// Specialised for each enum that crosses as a word: kWords in the order of the enum.
template <class E>
struct Words;

template <class E>
concept Worded = requires { Words<E>::kWords; };

template <Worded E>
constexpr const char* word_of(E value) {
  return Words<E>::kWords[static_cast<std::size_t>(value)];
}

}  // namespace vn::engine
