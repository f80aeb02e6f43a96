import { CHANNEL_SECRETS } from "@second-server/contract/channels/registry";
import { SECRETS } from "@second-server/contract/names";
import { z } from "zod";

import { placeHinting } from "./values";

const HOST =
  /^(?=.{1,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const address = z
  .string()
  .regex(/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/, "is not an e-mail address.");
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean),
);

/**
 * What differs by stack: Pulumi.<stack>.yaml, keys `second-server:<name>`. All plain strings, as
 * Pulumi's config has them; lists are comma-separated.
 */
export const settingsSchema = z.strictObject({
  domain: z.string().regex(HOST, "is not a domain name, such as example.com."),
  email: address.describe(
    "Let's Encrypt account, and where alerts go unless alert-to says otherwise",
  ),
  relay: placeHinting(" DigitalOcean blocks 25, 465 and 587: use the relay's port 2525."),
  "relay-user": z.string().optional(),
  "alert-to": list.pipe(z.array(address)).optional(),
  "alert-from": address.optional(),
  ttl: z.coerce
    .number()
    .int()
    .min(30)
    .max(86400)
    .default(60)
    .describe("DNS records' TTL in seconds: how long a failover by DNS takes to be seen"),
  "admin-keys": list
    .pipe(
      z.array(
        z
          .string()
          .regex(/^(ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+/, "is not an OpenSSH public key line."),
      ),
    )
    .default([]),
  "admin-from": list
    .pipe(
      z.array(z.string().regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, "is not an address or CIDR range.")),
    )
    .optional()
    .describe("Where SSH is allowed from"),
});
export type Settings = z.output<typeof settingsSchema>;
export const SETTING_NAMES = Object.keys(settingsSchema.shape);

/**
 * Secrets of the stack (`./fleet secret set`): each becomes a file on the machines that only root
 * can read.
 */
export const SECRET_NAMES: readonly string[] = [
  ...CHANNEL_SECRETS,
  SECRETS.operatorPassword,
  SECRETS.failoverToken,
];
