import type { AlertPolicy } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Props } from "../../values/value";
import {
  type Body,
  entity,
  type Fields,
  maybeFlag,
  maybeNumber,
  maybeText,
  maybeTexts,
} from "./answers";
import type { Client } from "./client";
import { optionalFlag, optionalText, toNumber, toTexts } from "./convert";
import { createdSince } from "./created-since";
import type { Operations, ResourceKind, Schema } from "./kind";
import { fromNotifications, notifications, toNotifications } from "./notifications";

const policy = entity(
  "policy",
  "policies",
  z.object({
    uuid: z.string(),
    type: maybeText,
    description: maybeText,
    compare: maybeText,
    value: maybeNumber,
    window: maybeText,
    entities: maybeTexts,
    tags: maybeTexts,
    alerts: notifications.nullish(),
    enabled: maybeFlag,
  } satisfies Fields<AlertPolicy>),
);

const body = (inputs: Props): Body<"post /monitoring/alerts"> => ({
  type: optionalText(inputs["type"]),
  description: optionalText(inputs["description"]),
  compare: optionalText(inputs["compare"]),
  value: toNumber(inputs["value"]),
  window: optionalText(inputs["window"]),
  entities: toTexts(inputs["entities"]),
  tags: toTexts(inputs["tags"]),
  alerts: toNotifications(inputs["alerts"]),
  enabled: optionalFlag(inputs["enabled"]) ?? true,
});

const schema: Schema = {
  label: "Alert Policy",
  required: ["alerts", "compare", "description", "type", "value", "window"],
  sets: ["entities", "tags"],
  defaults: { enabled: true },
  // The provider knows an output "uuid", and never sets it.
  zeros: { tags: null, uuid: null },
  outputs: ["uuid"],
};

const operations = (client: Client): Operations => ({
  create: async (inputs, work) =>
    (await client.create("/monitoring/alerts", body(inputs), policy, work)).uuid,
  view: async (id, _before, work) => {
    const found = await client.find(`/monitoring/alerts/${id}`, policy, work);
    return (
      found && {
        type: found.type,
        description: found.description,
        compare: found.compare,
        value: found.value,
        window: found.window,
        entities: found.entities ?? [],
        tags: found.tags ?? [],
        enabled: found.enabled,
        alerts: fromNotifications(found.alerts),
      }
    );
  },
  update: async (id, _old, now, work) => {
    await client.put(`/monitoring/alerts/${id}`, body(now), work);
  },
  ...createdSince({
    client,
    path: () => "/monitoring/alerts",
    entity: policy,
    id: ({ uuid }) => uuid,
    fits: (found, { type, description }) =>
      found.type === type && found.description === description,
  }),
  delete: async (id, _state, work) => await client.delete(`/monitoring/alerts/${id}`, work),
});

export const monitorAlert: ResourceKind = { schema, operations };
