import type { Client, Json } from "./client";
import { type Spec } from "./resource";

export const sshKey = (client: Client): Spec => ({
  label: "SSH Key",
  required: ["publicKey"],
  autoName: 255,
  replaces: ["publicKey"],
  outputs: ["fingerprint"],
  trimmed: ["publicKey"],
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":120000000000}}',
  create: async (inputs, work) =>
    String(
      (
        (
          await client.post(
            "/account/keys",
            { name: inputs["name"], public_key: inputs["publicKey"] },
            work,
          )
        )["ssh_key"] as Json
      )["id"],
    ),
  view: async (id, _before, work) => {
    const key = (await client.find(`/account/keys/${id}`, work))?.["ssh_key"] as Json | undefined;
    return key
      ? {
          name: key["name"],
          publicKey: String(key["public_key"]).trim(),
          fingerprint: key["fingerprint"],
        }
      : null;
  },
  update: async (id, _old, now, work) => {
    await client.put(`/account/keys/${id}`, { name: now["name"] }, work);
  },
  find: async ({ publicKey }, _since, work) => {
    const found = (await client.list("/account/keys", "ssh_keys", work)).find(
      (key) => String(key["public_key"]).trim() === String(publicKey).trim(),
    );
    return found && String(found["id"]);
  },
  delete: async (id, _state, work) => await client.delete(`/account/keys/${id}`, work),
});
