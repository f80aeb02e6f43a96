import type { Package } from "../provider";

export const digitaloceanPackage: Package = { settings: ["token", "apiEndpoint"], open: () => ({ lookups: {}, kinds: {} }) };
