/* wasm2c's output includes this and uses nothing of it. */
