import type { Client, Json } from "./client";
import { type Spec } from "./resource";

export const sshKey = (client: Client): Spec => ({
  label: "SSH Key", required: ["publicKey"], autoName: 255, replaces: ["publicKey"], outputs: ["fingerprint"],
  create: async (inputs, work) => String(((await client.post("/account/keys", { name: inputs["name"], public_key: inputs["publicKey"] }, work.signal))["ssh_key"] as Json)["id"]),
  view: async (id, before, work) => {
    const key = (await client.find(`/account/keys/${id}`, work.signal))?.["ssh_key"] as Json | undefined;
    if (!key) return null;
    // A final newline, as key files have it, is no difference.
    const was = before["publicKey"];
    const kept = typeof was === "string" && was.trim() === String(key["public_key"]).trim() ? was : (key["public_key"] as string);
    return { name: key["name"], publicKey: kept, fingerprint: key["fingerprint"] };
  },
  update: async (id, _old, now, work) => { await client.put(`/account/keys/${id}`, { name: now["name"] }, work.signal); },
  delete: async (id, _state, work) => await client.delete(`/account/keys/${id}`, work.signal),
});
