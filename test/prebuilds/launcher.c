/*
 * launcher register FILE.node       loads an addon as Node does, with stubs for Node-API, and prints its exports as JSON
 * launcher run LIBRARY.so ARGUMENT… calls the library's main
 *
 * For C libraries that no Node is at hand for. The functions of Node-API that are not here call unexpected() with their name; the
 * test writes them, weak ones, for each name that the addon asks for.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { UNDEFINED, BOOLEAN, NUMBER, STRING, FUNCTION, OBJECT, ARRAY };

/* A value lives for ever; members are a list with the newest first. */
struct value {
  enum kind kind;
  double number;
  char *text;
  struct member *members;
  unsigned length;
};

struct member {
  char *name;
  struct value *value;
  struct member *next;
};

typedef struct value *value;
typedef int status;
enum { OK = 0 };

static value make(enum kind kind) {
  value made = calloc(1, sizeof *made);
  made->kind = kind;
  return made;
}

static char *copy(const char *text, size_t length) {
  if (length == (size_t)-1) length = strlen(text);
  char *made = calloc(1, length + 1);
  memcpy(made, text, length);
  return made;
}

static void put(value object, char *name, value what) {
  struct member *member = calloc(1, sizeof *member);
  *member = (struct member){name, what, object->members};
  object->members = member;
  object->length += 1;
}

/* Whatever is not below: the registration of an addon has no business with it. */
void unexpected(const char *name);
void unexpected(const char *name) {
  fprintf(stderr, "%s was called\n", name);
  exit(3);
}

status napi_open_handle_scope(void *env, void **scope) { (void)env; *scope = make(UNDEFINED); return OK; }
status napi_close_handle_scope(void *env, void *scope) { (void)env; (void)scope; return OK; }
status napi_create_object(void *env, value *made) { (void)env; *made = make(OBJECT); return OK; }
status napi_create_array(void *env, value *made) { (void)env; *made = make(ARRAY); return OK; }
status napi_get_undefined(void *env, value *made) { (void)env; *made = make(UNDEFINED); return OK; }
status napi_is_exception_pending(void *env, bool *pending) { (void)env; *pending = false; return OK; }
status napi_create_double(void *env, double number, value *made) {
  (void)env;
  *made = make(NUMBER);
  (*made)->number = number;
  return OK;
}
status napi_get_boolean(void *env, bool flag, value *made) {
  (void)env;
  *made = make(BOOLEAN);
  (*made)->number = flag;
  return OK;
}
status napi_create_string_utf8(void *env, const char *text, size_t length, value *made) {
  (void)env;
  *made = make(STRING);
  (*made)->text = copy(text, length);
  return OK;
}
status napi_create_function(void *env, const char *name, size_t length, void *call, void *data, value *made) {
  (void)env, (void)call, (void)data;
  *made = make(FUNCTION);
  (*made)->text = name == NULL ? copy("", 0) : copy(name, length);
  return OK;
}
/* Of a function: what is freed with it; this process frees nothing. */
status napi_add_finalizer(void *env, value object, void *data, void *finalize, void *hint, void **reference) {
  (void)env, (void)object, (void)data, (void)finalize, (void)hint, (void)reference;
  return OK;
}
status napi_set_named_property(void *env, value object, const char *name, value what) {
  (void)env;
  put(object, copy(name, (size_t)-1), what);
  return OK;
}
status napi_set_element(void *env, value array, unsigned index, value what) {
  (void)env;
  if (index != array->length) unexpected("napi_set_element with a gap");
  put(array, copy("", 0), what);
  return OK;
}
status napi_get_array_length(void *env, value array, unsigned *length) { (void)env; *length = array->length; return OK; }

/* Our texts need no escapes. */
static void print(value what);

static void print_members(const struct member *member, bool named) {
  if (member == NULL) return;
  print_members(member->next, named);
  if (member->next != NULL) printf(",");
  if (named) printf("\"%s\":", member->name);
  print(member->value);
}

static void print(value what) {
  switch (what->kind) {
    case UNDEFINED: printf("null"); return;
    case BOOLEAN: printf(what->number != 0 ? "true" : "false"); return;
    case NUMBER: printf("%.17g", what->number); return;
    case STRING: printf("\"%s\"", what->text); return;
    case FUNCTION: printf("\"function %s\"", what->text); return;
    case OBJECT: printf("{"); print_members(what->members, true); printf("}"); return;
    case ARRAY: printf("["); print_members(what->members, false); printf("]"); return;
  }
}

static void *find(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (found == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(2);
  }
  return found;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  void *library = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  if (strcmp(argv[1], "run") == 0) {
    int (*entry)(int, char **) = find(library, "main");
    return entry(argc - 2, argv + 2);
  }
  int (*version)(void) = find(library, "node_api_module_get_api_version_v1");
  value (*register_module)(void *, value) = find(library, "napi_register_module_v1");
  int environment = 0;
  value exports = make(OBJECT);
  value returned = register_module(&environment, exports);
  put(exports, copy("nodeApi", 7), make(NUMBER));
  exports->members->value->number = version();
  print(returned == NULL ? exports : returned);
  printf("\n");
  return 0;
}
