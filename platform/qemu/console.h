/* Lines on the console, which the host reads: platform/launched-core.ts says what they are. */
#ifndef CAISSON_CONSOLE_H
#define CAISSON_CONSOLE_H

/* Words in a line, with spaces between them; the last one is NULL. */
void say(const char *word, ...);

/* The machine cannot go on. */
_Noreturn void fail(const char *why);

#endif
