/* Headers that C made by wasm2c includes, for compilers without a C library. What it asserts, component.c keeps to. */
#define assert(x) ((void)0)
