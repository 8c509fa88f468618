// One of the units that are compiled: all that includes <napi.h>.

#include "addon.cc"

#include "binding/engine_handle.cc"
#include "binding/options_from_js.cc"
#include "binding/schema.cc"
