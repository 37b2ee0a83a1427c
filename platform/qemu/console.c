#include "console.h"

#include <stdarg.h>
#include <stddef.h>

#include "board.h"

static void say_word(const char *word) {
  while (*word) board_say(*word++);
}

void say(const char *word, ...) {
  va_list words;
  va_start(words, word);
  say_word(word);
  for (const char *next = va_arg(words, const char *); next; next = va_arg(words, const char *)) {
    board_say(' ');
    say_word(next);
  }
  va_end(words);
  board_say('\n');
}

_Noreturn void fail(const char *why) {
  say("fault", "machine", why, NULL);
  board_off();
}
