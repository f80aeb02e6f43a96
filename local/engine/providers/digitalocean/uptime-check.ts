import type { UptimeCheck } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Props } from "../../values/value";
import { type Body, entity, type Fields, maybeFlag, maybeText, maybeTexts } from "./answers";
import type { Client } from "./client";
import { optionalFlag, optionalText, toTexts } from "./convert";
import { createdSince } from "./created-since";
import type { Operations, ResourceKind, Schema } from "./kind";

const check = entity(
  "check",
  "checks",
  z.object({
    id: z.string(),
    name: maybeText,
    type: maybeText,
    target: maybeText,
    regions: maybeTexts,
    enabled: maybeFlag,
  } satisfies Fields<UptimeCheck>),
);

const body = (inputs: Props): Body<"post /uptime/checks"> => ({
  name: optionalText(inputs["name"]),
  type: optionalText(inputs["type"]),
  target: optionalText(inputs["target"]),
  regions: toTexts(inputs["regions"]),
  enabled: optionalFlag(inputs["enabled"]),
});

const schema: Schema = {
  label: "UptimeCheck",
  required: ["target"],
  autoName: 255,
  sets: ["regions"],
  computed: ["regions"],
  defaults: { enabled: true, type: "https" },
};

const operations = (client: Client): Operations => ({
  create: async (inputs, work) =>
    (await client.create("/uptime/checks", body(inputs), check, work)).id,
  view: async (id, _before, work) => {
    const found = await client.find(`/uptime/checks/${id}`, check, work);
    return (
      found && {
        name: found.name,
        type: found.type,
        target: found.target,
        regions: found.regions ?? [],
        enabled: found.enabled,
      }
    );
  },
  update: async (id, _old, now, work) => {
    await client.put(`/uptime/checks/${id}`, body(now), work);
  },
  ...createdSince({
    client,
    path: () => "/uptime/checks",
    entity: check,
    id: ({ id }) => id,
    fits: (found, { name, target }) => found.name === name && found.target === target,
  }),
  delete: async (id, _state, work) => await client.delete(`/uptime/checks/${id}`, work),
});

export const uptimeCheck: ResourceKind = { schema, operations };
