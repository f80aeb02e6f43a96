/**
 * The version of all that lies in this room. A machine's agent refuses a release or an identity of
 * another one.
 */
export const CONTRACT_VERSION = 1;
