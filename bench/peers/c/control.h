// A measured program is spoken to in lines, by a thread of its own, so that the measured one does nothing but its work.

#pragma once

#include <stdatomic.h>
#include <stdint.h>

struct tally {
  _Atomic uint64_t events;
  // Of the last event, CLOCK_MONOTONIC.
  _Atomic uint64_t last_at_ns;
  _Atomic uint64_t overruns;
};

// Prints one line and flushes it.
__attribute__((format(printf, 1, 2))) void say(const char* format, ...);

// Reads one line into `line` without its end; returns 0 at the end of input.
int read_line(char* line, int bytes);

// Starts the thread: `mark` notes the tally and the CPU time so far; `finish` waits until no more events come, calls
// `report` with what came since the mark, and ends the program.
void control_start(struct tally* tally, void (*report)(uint64_t events, uint64_t cpu_us));
