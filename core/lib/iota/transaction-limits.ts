/**
 * Limits on transactions at IOTA protocol version 38 (iotaledger/iota crates/iota-protocol-config, snapshot of version 38). Where
 * upstream compares with `<`, the limit itself is already too much; each name's comment says so.
 */

/** `max_gas_payment_objects`; payments stay below it. */
export const LIMIT_GAS_OBJECTS: u32 = 256;
/** `max_programmable_tx_commands`; commands stay below it. */
export const LIMIT_COMMANDS: u32 = 1_024;
/** `max_input_objects`: objects, packages and receiving objects together may reach it. */
export const LIMIT_INPUT_OBJECTS: u32 = 2_048;
/** `max_pure_argument_size` in bytes; a pure input stays below it. */
export const LIMIT_PURE_BYTES: u32 = 16_384;
/** `max_publish_or_upgrade_per_ptb`: may be reached. */
export const LIMIT_PUBLISHES: u32 = 5;
/** `max_arguments` of one command's list; stays below it. */
export const LIMIT_ARGUMENTS: u32 = 512;
/** `max_type_arguments`: types in one command, nested ones counted; stays below it, which also keeps `max_type_argument_depth` (16). */
export const LIMIT_TYPES: u32 = 16;
/** `max_modules_in_publish`; stays below it. */
export const LIMIT_MODULES: u32 = 64;
/** `max_package_dependencies`; stays below it. */
export const LIMIT_DEPENDENCIES: u32 = 32;
/** `max_gas_price` in NANOS a unit: may be reached. */
export const MAX_GAS_PRICE: u64 = 100_000;
/** `max_tx_gas` in NANOS: may be reached. */
export const MAX_GAS_BUDGET: u64 = 50_000_000_000;
/** `base_tx_cost_fixed` in units: a budget covers it at the transaction's price. */
export const MIN_BUDGET_UNITS: u64 = 1_000;
