import type { SshKey } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { type Body, entity, type Fields, maybeText } from "./answers";
import type { Client } from "./client";
import { optionalText, toText } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";

export const sshKeyEntity = entity(
  "ssh_key",
  "ssh_keys",
  z.object({
    id: z.number(),
    name: z.string(),
    public_key: z.string(),
    fingerprint: maybeText,
  } satisfies Fields<SshKey>),
);

const schema: Schema = {
  label: "SSH Key",
  required: ["publicKey"],
  autoName: 255,
  replaces: ["publicKey"],
  outputs: ["fingerprint"],
  trimmed: ["publicKey"],
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":120000000000}}',
};

const operations = (client: Client): Operations => ({
  create: async ({ name, publicKey }, work) => {
    const body: Body<"post /account/keys"> = {
      name: optionalText(name),
      public_key: optionalText(publicKey),
    };
    return String((await client.create("/account/keys", body, sshKeyEntity, work)).id);
  },
  view: async (id, _before, work) => {
    const key = await client.find(`/account/keys/${id}`, sshKeyEntity, work);
    return (
      key && { name: key.name, publicKey: key.public_key.trim(), fingerprint: key.fingerprint }
    );
  },
  update: async (id, _old, { name }, work) => {
    const body: Body<"put /account/keys/{ssh_key_identifier}"> = { name: optionalText(name) };
    await client.put(`/account/keys/${id}`, body, work);
  },
  find: async ({ publicKey }, work) => {
    const all = await client.list("/account/keys", sshKeyEntity, work);
    const found = all.find(({ public_key }) => public_key.trim() === toText(publicKey).trim());
    return found && String(found.id);
  },
  delete: async (id, _state, work) => await client.delete(`/account/keys/${id}`, work),
});

export const sshKey: ResourceKind = { schema, operations };
