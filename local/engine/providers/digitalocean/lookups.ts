import type { Client } from "./client";
import type { Lookup } from "../provider";

/** The provider's getX functions. */
export const lookups = (_client: Client): Readonly<Record<string, Lookup>> => ({});
