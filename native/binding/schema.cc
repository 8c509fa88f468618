// The schema that the addon exports: the field tables in JavaScript's terms.

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "binding/schema.hh"
#include "engine/fields/genl.hh"
#include "engine/record/layout.hh"

namespace vn::binding {

namespace {

using engine::Described;
using engine::Worded;

/// Writes what a value of type T is into the field's description.
template <class T>
struct Describe;

/// A description that is one word.
struct DescribeWord {
  static void put(Napi::Object into, const char* type) { into.Set("type", type); }
};

template <> struct Describe<bool> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "bool"); } };
template <> struct Describe<double> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "f64"); } };
template <> struct Describe<std::uint8_t> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "u8"); } };
template <> struct Describe<std::uint16_t> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "u16"); } };
template <> struct Describe<std::uint32_t> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "u32"); } };
template <> struct Describe<std::int32_t> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "i32"); } };
template <> struct Describe<std::uint64_t> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "u53"); } };
template <> struct Describe<std::string> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "text"); } };
template <> struct Describe<Family> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "family"); } };
template <> struct Describe<IpAddress> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "ip"); } };
template <> struct Describe<IpPrefix> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "prefix"); } };
template <> struct Describe<ByteBuffer> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "octets"); } };
template <> struct Describe<engine::CommandBytes> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "commands"); } };
template <> struct Describe<Destination> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "destination"); } };
template <> struct Describe<MacAddress> { static void into(Napi::Env, Napi::Object o) { DescribeWord::put(o, "mac"); } };

template <Worded E>
struct Describe<E> {
  static void into(Napi::Env env, Napi::Object object) {
    DescribeWord::put(object, "word");
    Napi::Array words = Napi::Array::New(env);
    for (const char* word : engine::Words<E>::kWords) words.Set(words.Length(), word);
    object.Set("words", words);
  }
};

template <Described T>
Napi::Array describe_fields(Napi::Env env);

template <Described T>
struct Describe<T> {
  static void into(Napi::Env env, Napi::Object object) {
    DescribeWord::put(object, "object");
    object.Set("fields", describe_fields<T>(env));
    object.Set("bytes", Napi::Number::New(env, engine::record::Layout<T>::kBytes));
  }
};

template <engine::record::Listed T>
struct Describe<T> {
  static void into(Napi::Env env, Napi::Object object) {
    using Element = typename T::value_type;
    DescribeWord::put(object, "list");
    Napi::Object of = Napi::Object::New(env);
    Describe<Element>::into(env, of);
    object.Set("elementBytes", Napi::Number::New(env, engine::record::element_bytes<Element>()));
    object.Set("of", of);
  }
};

template <Described T>
Napi::Array describe_fields(Napi::Env env) {
  Napi::Array fields = Napi::Array::New(env);
  engine::record::for_each_place<T>([&](const auto& field, const engine::record::Place& place) {
    using Value = std::remove_cvref_t<decltype(std::declval<T>().*field.member)>;
    using engine::record::Bare;
    Napi::Object description = Napi::Object::New(env);
    description.Set("name", field.name);
    Describe<typename Bare<Value>::Type>::into(env, description);
    description.Set("optional", Bare<Value>::kOptional);
    description.Set("offset", Napi::Number::New(env, static_cast<double>(place.offset)));
    description.Set("presenceBit", Napi::Number::New(env, place.presence_bit));
    description.Set("valueBit", Napi::Number::New(env, place.value_bit));
    fields.Set(fields.Length(), description);
  });
  return fields;
}

/// One entry for each word of the enum; `with_body` finds the body's type.
template <Worded E, class WithBody>
Napi::Object describe_messages(Napi::Env env, WithBody with_body) {
  Napi::Object messages = Napi::Object::New(env);
  for (std::size_t i = 0; i < engine::Words<E>::kWords.size(); ++i) {
    messages.Set(engine::Words<E>::kWords[i], with_body(static_cast<E>(i)));
  }
  return messages;
}

}  // namespace

Napi::Object make_schema(Napi::Env env) {
  const auto describe = [env]<class T>() { return describe_fields<T>(env); };
  Napi::Object nouns = Napi::Object::New(env);
  nouns.Set("link", describe_fields<rtnl::Link>(env));
  nouns.Set("address", describe_fields<rtnl::Address>(env));
  nouns.Set("route", describe_fields<rtnl::Route>(env));
  nouns.Set("rule", describe_fields<rtnl::Rule>(env));
  nouns.Set("neighbour", describe_fields<rtnl::Neighbour>(env));
  nouns.Set("nexthop", describe_fields<rtnl::NexthopObject>(env));
  nouns.Set("ndOption", describe_fields<rtnl::NdOption>(env));
  nouns.Set("wiphy", describe_fields<genl::nl80211::Wiphy>(env));
  nouns.Set("wirelessInterface", describe_fields<genl::nl80211::Interface>(env));
  nouns.Set("bss", describe_fields<genl::nl80211::Bss>(env));
  nouns.Set("station", describe_fields<genl::nl80211::Station>(env));
  nouns.Set("regulatoryDomain", describe_fields<genl::nl80211::RegulatoryDomain>(env));
  nouns.Set("wireguardDevice", describe_fields<genl::wireguard::Device>(env));
  const auto size = [env]<class T>() { return Napi::Number::New(env, engine::record::Layout<T>::kBytes); };
  Napi::Object bytes = Napi::Object::New(env);
  bytes.Set("commands", describe_messages<engine::CommandType>(
                            env, [&](engine::CommandType type) { return engine::with_command_body(type, size); }));
  bytes.Set("events", describe_messages<engine::EventType>(
                          env, [&](engine::EventType type) { return engine::with_event_body(type, size); }));
  Napi::Object schema = Napi::Object::New(env);
  schema.Set("bytes", bytes);
  schema.Set("nouns", nouns);
  schema.Set("commands", describe_messages<engine::CommandType>(
                             env, [&](engine::CommandType type) { return engine::with_command_body(type, describe); }));
  schema.Set("events", describe_messages<engine::EventType>(
                           env, [&](engine::EventType type) { return engine::with_event_body(type, describe); }));
  return schema;
}

}  // namespace vn::binding
