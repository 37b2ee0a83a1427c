/** Names as generated constants have them, here and in C: hostToVerify, HOST_TO_VERIFY. */
export const screaming = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
