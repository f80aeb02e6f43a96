import { createHash } from "node:crypto";

import { Hono, type Context } from "hono";
import { z } from "zod";

import type { CloudState } from "../records";
import type { SshKeyRecord } from "../records/account";
import { pairs } from "./addresses";
import type { Api, ApiEnv, Cloud, Resource } from "./cloud";
import { found, unprocessable } from "./errors";
import { page } from "./paging";
import { body, nameText, pathParameter } from "./request";

const newKey = z.object({ name: nameText, public_key: z.string().min(1).max(16_384) });
const rename = z.object({ name: nameText });
const types = [
  "ssh-rsa",
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];

/** MD5 over the key's bytes, as DigitalOcean (and old OpenSSH) show it. */
const fingerprintOf = (publicKey: string): string => {
  const [type, base64] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(base64 ?? "", "base64");
  // The bytes begin with the type's own name, with its length before it.
  const inside =
    bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString("latin1") : "";
  if (!type || !types.includes(type) || inside !== type)
    throw unprocessable("Key invalid, key should be of the format `type key [comment]`");
  return pairs(createHash("md5").update(bytes).digest("hex")).join(":");
};

/** By number or fingerprint. */
export const findSshKey = (
  state: CloudState,
  identifier: string | number,
): SshKeyRecord | undefined =>
  state.sshKeys.find(
    (key) => String(key.id) === String(identifier) || key.fingerprint === identifier,
  );

const asked = ({ store }: Cloud, c: Context<ApiEnv>): SshKeyRecord =>
  found(findSshKey(store.state, pathParameter(c, "key")));

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  api.get("/account/keys", (c) => c.json(page(c, "ssh_keys", store.sshKeys.all())));
  api.post("/account/keys", async (c) => {
    const { name, public_key } = await body(c, newKey);
    const fingerprint = fingerprintOf(public_key);
    if (findSshKey(store.state, fingerprint))
      throw unprocessable("SSH Key is already in use on your account");
    const key = store.sshKeys.insert({
      id: store.nextId(),
      fingerprint,
      public_key: public_key.trim(),
      name,
    });
    return c.json({ ssh_key: key }, 201);
  });
  api.get("/account/keys/:key", (c) => c.json({ ssh_key: asked(cloud, c) }));
  api.put("/account/keys/:key", async (c) => {
    const { name } = await body(c, rename);
    return c.json({ ssh_key: store.sshKeys.update(asked(cloud, c), { name }) });
  });
  api.delete("/account/keys/:key", (c) => {
    const key = asked(cloud, c);
    store.sshKeys.remove((one) => one === key);
    return c.body(null, 204);
  });
  return api;
};

export const sshKeys: Resource = { routes };
