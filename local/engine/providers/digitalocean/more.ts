import type { Client } from "./client";
import type { Spec } from "./resource";

/** The types that a small fleet rarely needs. */
export const more = (_client: Client): Readonly<Record<string, Spec>> => ({});
