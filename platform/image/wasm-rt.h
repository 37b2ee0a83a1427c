/*
 * What C made by wasm2c (npm wabt 1.0.39) includes and calls. Our own, and only as much as Caisson's components need: one memory of
 * a fixed size, no imports, no tables, no floating point, no exceptions.
 */
#ifndef CAISSON_WASM_RT_H
#define CAISSON_WASM_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __has_builtin
#define __has_builtin(x) 0
#endif
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define wasm_rt_memcpy __builtin_memcpy
#define wasm_rt_unreachable __builtin_unreachable
#define WASM_RT_NO_RETURN __attribute__((noreturn))
#define WASM_RT_THREAD_LOCAL

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "WebAssembly's memory is little-endian, and so must the machine be"
#endif
#define WABT_BIG_ENDIAN 0
#define WASM_RT_USE_SEGUE 0
#define WASM_RT_SEGUE_FREE_SEGMENT 0
#define WASM_RT_SANITY_CHECKS 0

/*
 * 1: loads and stores are not checked in code. Then whoever gives the memory leaves WASM_RT_REACH bytes from its beginning on
 * without anything mapped behind its last byte, and turns the fault into wasm_rt_trap(WASM_RT_TRAP_OOB).
 */
#ifndef WASM_RT_MEMCHECK_GUARD_PAGES
#define WASM_RT_MEMCHECK_GUARD_PAGES 0
#endif
/* A 32-bit address, a 32-bit offset, and the widest access, rounded up to a page. */
#define WASM_RT_REACH ((UINT64_C(2) << 32) + 65536)

/*
 * Calls within calls, bounded alike on every platform, whatever its stack. The deepest there are: the ledger goes down a tree of 128 levels, with
 * at most two calls for each (core/lib/merkle/tree.ts); test/unit/platform/call-depth.test.ts looks at the modules themselves.
 */
#define WASM_RT_STACK_DEPTH_COUNT 1
#define WASM_RT_MAX_CALL_STACK_DEPTH 1024
extern uint32_t wasm_rt_call_stack_depth;

#define WASM_RT_PAGE_BYTES 65536

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT,
  WASM_RT_TRAP_EXHAUSTION,
} wasm_rt_trap_t;

typedef enum { WASM_RT_I32, WASM_RT_I64, WASM_RT_F32, WASM_RT_F64, WASM_RT_V128, WASM_RT_FUNCREF, WASM_RT_EXTERNREF } wasm_rt_type_t;

typedef struct {
  uint8_t *data;
  uint64_t pages;
  /* Bytes. */
  uint64_t size;
} wasm_rt_memory_t;

/* Named by code that wasm2c puts before every module; no component has a table. */
typedef const char *wasm_rt_func_type_t;
typedef void (*wasm_rt_function_ptr_t)(void);
typedef struct wasm_rt_tailcallee_t {
  void (*fn)(void **, void *, struct wasm_rt_tailcallee_t *);
} wasm_rt_tailcallee_t;
typedef struct {
  wasm_rt_func_type_t func_type;
  wasm_rt_function_ptr_t func;
  wasm_rt_tailcallee_t func_tailcallee;
  void *module_instance;
} wasm_rt_funcref_t;
typedef void *wasm_rt_externref_t;
typedef struct {
  wasm_rt_funcref_t *data;
  uint32_t max_size, size;
} wasm_rt_funcref_table_t;
typedef struct {
  wasm_rt_externref_t *data;
  uint32_t max_size, size;
} wasm_rt_externref_table_t;
static const wasm_rt_funcref_t wasm_rt_funcref_null_value;
static const wasm_rt_externref_t wasm_rt_externref_null_value;

bool wasm_rt_is_initialized(void);
WASM_RT_NO_RETURN void wasm_rt_trap(wasm_rt_trap_t trap);
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint64_t pages, uint64_t max_pages, bool is64, uint32_t page_bytes);
void wasm_rt_free_memory(wasm_rt_memory_t *memory);

#endif
