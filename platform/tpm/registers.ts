/** Which platform configuration registers are whose (TCG PC Client Platform Firmware Profile 1.06, section 3.3.4). */

/** What the first stage measures: the first of those that a static operating system has. */
export const MEASURED_REGISTER = 8;
/** What whoever started the first stage measured, where somebody did. */
const FIRMWARE_REGISTER = 0;

/** What the key is sealed to, and quotes tell; in ascending order. */
export const QUOTED_REGISTERS: readonly number[] = [FIRMWARE_REGISTER, MEASURED_REGISTER];
