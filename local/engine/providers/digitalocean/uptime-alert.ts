import type { UptimeAlert } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Props } from "../../values/value";
import { type Body, entity, type Fields, maybeNumber, maybeText } from "./answers";
import type { Client } from "./client";
import { optionalText, toNumber, toText } from "./convert";
import { createdSince } from "./created-since";
import type { ImportedId, Operations, ResourceKind, Schema } from "./kind";
import { fromNotifications, notifications, toNotifications } from "./notifications";

const alert = entity(
  "alert",
  "alerts",
  z.object({
    id: z.string(),
    name: maybeText,
    type: maybeText,
    notifications: notifications.nullish(),
    threshold: maybeNumber,
    comparison: maybeText,
    period: maybeText,
  } satisfies Fields<UptimeAlert>),
);

const body = (inputs: Props): Body<"post /uptime/checks/{check_id}/alerts"> => ({
  name: optionalText(inputs["name"]),
  type: optionalText(inputs["type"]),
  notifications: toNotifications(inputs["notifications"]),
  ...(inputs["threshold"] === undefined ? {} : { threshold: toNumber(inputs["threshold"]) }),
  ...(inputs["comparison"] ? { comparison: toText(inputs["comparison"]) } : {}),
  ...(inputs["period"] ? { period: toText(inputs["period"]) } : {}),
});

const pathOf = ({ checkId }: Props, id?: string): string =>
  `/uptime/checks/${toText(checkId)}/alerts${id === undefined ? "" : `/${id}`}`;

const schema: Schema = {
  label: "UptimeAlert",
  required: ["checkId", "notifications", "type"],
  autoName: 255,
  replaces: ["checkId"],
  zeros: { comparison: "", threshold: 0 },
  parseId: (id): ImportedId => {
    const [check = "", alertId] = id.split(",");
    return alertId === undefined ? { id, known: {} } : { id: alertId, known: { checkId: check } };
  },
};

const operations = (client: Client): Operations => ({
  create: async (inputs, work) =>
    (await client.create(pathOf(inputs), body(inputs), alert, work)).id,
  view: async (id, before, work) => {
    const found = await client.find(pathOf(before, id), alert, work);
    return (
      found && {
        checkId: toText(before["checkId"]),
        name: found.name,
        type: found.type,
        notifications: [fromNotifications(found.notifications)],
        threshold: found.threshold ?? undefined,
        comparison: found.comparison || undefined,
        period: found.period || undefined,
      }
    );
  },
  update: async (id, old, now, work) => {
    await client.put(pathOf(old, id), body(now), work);
  },
  ...createdSince({
    client,
    path: (inputs) => pathOf(inputs),
    entity: alert,
    id: ({ id }) => id,
    fits: (found, { name, type }) => found.name === name && found.type === type,
  }),
  delete: async (id, state, work) => await client.delete(pathOf(state, id), work),
});

export const uptimeAlert: ResourceKind = { schema, operations };
