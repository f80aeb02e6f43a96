import { CHANNEL_SECRETS } from "@second-server/contract/channels/registry";
import { SECRETS } from "@second-server/contract/names";
import { z } from "zod";

import { PRIMARIES_VALUES } from "./primaries";
import { placeHinting } from "./values";

const HOST =
  /^(?=.{1,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const address = z
  .string()
  .regex(/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/, "is not an e-mail address.");
/**
 * restic's addresses of what is reached over a network, without what they ask for: that is a secret
 * of its own.
 */
const OFFSITE =
  /^(?:s3:https?:\/\/[^\s/@]+\/\S+|rest:https?:\/\/[^\s/@]+\/\S*|sftp:\/\/[a-z_][^\s/@:]*@(?:[^\s/@:[\]]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\/\S+)$/i;
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
  offsite: z
    .string()
    .regex(
      OFFSITE,
      'is not an address of a third place: "s3:https://HOST/BUCKET", "rest:https://HOST/PATH" or "sftp://USER@HOST/PATH", without a password in it.',
    )
    .optional()
    .describe("A third place, to which the watcher's repository of backups is copied each day"),
  "offsite-user": z
    .string()
    .regex(/^[^\s:]+$/, "is no user's name, or access key.")
    .optional()
    .describe("S3's access key, or REST's user"),
  "offsite-host-key": z
    .string()
    .regex(/^(ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+$/, "is not an OpenSSH public key without a comment.")
    .optional()
    .describe("SFTP's host key, known beforehand"),
  "offsite-append-only": z
    .enum(["true", "false"], "is neither true nor false.")
    .default("false")
    .describe("The watcher may delete nothing there: what is too old is let go by somebody else"),
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
  primaries: z
    .enum(PRIMARIES_VALUES, `is none of ${PRIMARIES_VALUES.join(", ")}.`)
    .default("blue")
    .describe("Which primary serves, beside which other; `./fleet rebuild primary` sets it"),
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
  SECRETS.offsiteSecret,
  SECRETS.repositoryPassword,
];
