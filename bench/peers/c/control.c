#include "control.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink.h"

// No event for this long: all have come.
enum { kQuietUs = 100 * 1000 };

static struct tally* watched;
static void (*make_report)(uint64_t events, uint64_t cpu);

void say(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
  fflush(stdout);
}

int read_line(char* line, int bytes) {
  if (fgets(line, bytes, stdin) == NULL) return 0;
  line[strcspn(line, "\n")] = '\0';
  return 1;
}

static void await_quiet(void) {
  uint64_t before;
  uint64_t now = atomic_load(&watched->events);
  do {
    before = now;
    usleep(kQuietUs);
    now = atomic_load(&watched->events);
  } while (now != before);
}

static void* control(void* unused) {
  (void)unused;
  char line[64];
  uint64_t events = 0;
  uint64_t cpu = 0;
  while (read_line(line, sizeof line)) {
    if (strcmp(line, "mark") == 0) {
      await_quiet();
      events = atomic_load(&watched->events);
      cpu = cpu_us();
      say("marked");
    } else if (strcmp(line, "finish") == 0) {
      await_quiet();
      make_report(atomic_load(&watched->events) - events, cpu_us() - cpu);
      break;
    }
  }
  exit(0);
}

void control_start(struct tally* tally, void (*report)(uint64_t events, uint64_t cpu_us)) {
  watched = tally;
  make_report = report;
  pthread_t thread;
  if (pthread_create(&thread, NULL, control, NULL) != 0) die("pthread_create");
  pthread_detach(thread);
}
