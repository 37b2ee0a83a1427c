/**
 * Constants of IOTA protocol version 38 that execution and the checks before it depend on, under upstream's names.
 *
 * Source: iotaledger/iota crates/iota-protocol-config/src/snapshots/iota_protocol_config__test__version_38.snap at commit
 * 0da2897e93e779954ab8ef1e7345dd98003f63ab.
 */

/** `max_tx_gas`: greatest budget, in NANOS. */
export const MAX_TX_GAS: u64 = 50_000_000_000;
/** `max_gas_price`, in NANOS a unit. */
export const MAX_GAS_PRICE: u64 = 100_000;
/** `base_tx_cost_fixed`: units that a budget must at least be able to pay; not itself charged. */
export const BASE_TX_COST_FIXED: u64 = 1_000;
/** `gas_rounding_step`: computation is charged in whole steps of so many units. */
export const GAS_ROUNDING_STEP: u64 = 1_000;
/** `max_gas_computation_bucket`: units of computation one transaction can pay for. */
export const MAX_GAS_COMPUTATION_BUCKET: u64 = 5_000_000;
/** `obj_access_cost_read_per_byte`: internal units (a thousandth of a unit) a byte of input. */
export const OBJ_ACCESS_COST_READ_PER_BYTE: u64 = 15;
/** `obj_data_cost_refundable`: storage units a byte. */
export const OBJ_DATA_COST_REFUNDABLE: u64 = 100;
/** `storage_gas_price`: NANOS a storage unit. */
export const STORAGE_GAS_PRICE: u64 = 76;
/** `storage_rebate_rate`: what a user gets back, in basis points. */
export const STORAGE_REBATE_RATE: u64 = 10_000;
/** `max_num_new_move_object_ids`. */
export const MAX_NUM_NEW_MOVE_OBJECT_IDS: u32 = 2_048;
/** `max_ptb_value_size`: bytes of one value between commands. */
export const MAX_PTB_VALUE_SIZE: u32 = 1_048_576;
/** `max_serialized_tx_effects_size_bytes`. */
export const MAX_SERIALIZED_TX_EFFECTS_SIZE_BYTES: u64 = 524_288;
/** `max_size_written_objects`, in bytes. */
export const MAX_SIZE_WRITTEN_OBJECTS: u64 = 5_000_000;
/** Greatest version an object may be taken at: SequenceNumber::MAX (crates/iota-types/src/base_types.rs), exclusive. */
export const VERSION_LIMIT: u64 = ((<u64>1) << 63) - 1;
