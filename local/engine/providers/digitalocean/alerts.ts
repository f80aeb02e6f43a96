import { isList, isProps, type Props, type Value } from "../../values/value";
import type { Client, Json } from "./client";
import { newcomer } from "./newcomer";
import { list, num, type Spec, str } from "./resource";

const firstOf = (value: Value | undefined): Props =>
  isList(value) && isProps(value[0]) ? value[0] : isProps(value) ? value : {};
/** {emails, slacks} → {email, slack}, and back. */
const toApi = (value: Value | undefined): Json => {
  const told = firstOf(value);
  return {
    email: list(told["emails"]),
    slack: isList(told["slacks"]) ? told["slacks"].map((each) => each) : [],
  };
};
const fromApi = (told: Json | undefined): Props => ({
  emails: (told?.["email"] ?? []) as Value,
  slacks: (told?.["slack"] ?? []) as Value,
});

const checkBody = (inputs: Props): object => ({
  name: inputs["name"],
  type: inputs["type"],
  target: inputs["target"],
  regions: list(inputs["regions"]),
  enabled: inputs["enabled"],
});

export const uptimeCheck = (client: Client): Spec => ({
  label: "UptimeCheck",
  required: ["target"],
  autoName: 255,
  sets: ["regions"],
  computed: ["regions"],
  defaults: { enabled: true, type: "https" },
  create: async (inputs, work) =>
    str(
      ((await client.post("/uptime/checks", checkBody(inputs), work))["check"] as Json)[
        "id"
      ] as string,
    ),
  view: async (id, _before, work) => {
    const found = (await client.find(`/uptime/checks/${id}`, work))?.["check"] as Json | undefined;
    return found
      ? {
          name: found["name"],
          type: found["type"],
          target: found["target"],
          regions: (found["regions"] ?? []) as Value,
          enabled: found["enabled"],
        }
      : null;
  },
  update: async (id, _old, now, work) => {
    await client.put(`/uptime/checks/${id}`, checkBody(now), work);
  },
  ...newcomer({
    client,
    path: () => "/uptime/checks",
    key: "checks",
    id: ({ id }) => String(id),
    fits: (found, { name, target }) => found["name"] === name && found["target"] === target,
  }),
  delete: async (id, _state, work) => await client.delete(`/uptime/checks/${id}`, work),
});

const alertBody = (inputs: Props): object => ({
  name: inputs["name"],
  type: inputs["type"],
  notifications: toApi(inputs["notifications"]),
  ...(inputs["threshold"] === undefined ? {} : { threshold: num(inputs["threshold"]) }),
  ...(inputs["comparison"] ? { comparison: inputs["comparison"] } : {}),
  ...(inputs["period"] ? { period: inputs["period"] } : {}),
});

export const uptimeAlert = (client: Client): Spec => ({
  label: "UptimeAlert",
  required: ["checkId", "notifications", "type"],
  autoName: 255,
  replaces: ["checkId"],
  zeros: { comparison: "", threshold: 0 },
  create: async (inputs, work) =>
    str(
      (
        (
          await client.post(
            `/uptime/checks/${str(inputs["checkId"])}/alerts`,
            alertBody(inputs),
            work,
          )
        )["alert"] as Json
      )["id"] as string,
    ),
  view: async (id, before, work) => {
    const check = str(before["checkId"]);
    const found = (await client.find(`/uptime/checks/${check}/alerts/${id}`, work))?.["alert"] as
      Json | undefined;
    return found
      ? {
          checkId: check,
          name: found["name"],
          type: found["type"],
          notifications: [fromApi(found["notifications"] as Json | undefined)],
          ...(found["threshold"] === undefined || found["threshold"] === null
            ? {}
            : { threshold: found["threshold"] }),
          ...(found["comparison"] ? { comparison: found["comparison"] } : {}),
          ...(found["period"] ? { period: found["period"] } : {}),
        }
      : null;
  },
  update: async (id, old, now, work) => {
    await client.put(`/uptime/checks/${str(old["checkId"])}/alerts/${id}`, alertBody(now), work);
  },
  ...newcomer({
    client,
    path: ({ checkId }) => `/uptime/checks/${str(checkId)}/alerts`,
    key: "alerts",
    id: ({ id }) => String(id),
    fits: (found, { name, type }) => found["name"] === name && found["type"] === type,
  }),
  delete: async (id, state, work) =>
    await client.delete(`/uptime/checks/${str(state["checkId"])}/alerts/${id}`, work),
  parseId: (id): { id: string; known: Props } => {
    const [check, alert] = id.split(",");
    return alert === undefined ? { id, known: {} } : { id: alert, known: { checkId: check! } };
  },
});

const policyBody = (inputs: Props): object => ({
  type: inputs["type"],
  description: inputs["description"],
  compare: inputs["compare"],
  value: num(inputs["value"]),
  window: inputs["window"],
  entities: list(inputs["entities"]),
  tags: list(inputs["tags"]),
  alerts: toApi(inputs["alerts"]),
  enabled: inputs["enabled"] ?? true,
});

export const monitorAlert = (client: Client): Spec => ({
  label: "Alert Policy",
  required: ["alerts", "compare", "description", "type", "value", "window"],
  sets: ["entities", "tags"],
  defaults: { enabled: true },
  // The provider knows an output "uuid", and never sets it.
  zeros: { tags: null, uuid: null },
  outputs: ["uuid"],
  create: async (inputs, work) =>
    str(
      ((await client.post("/monitoring/alerts", policyBody(inputs), work))["policy"] as Json)[
        "uuid"
      ] as string,
    ),
  view: async (id, _before, work) => {
    const found = (await client.find(`/monitoring/alerts/${id}`, work))?.["policy"] as
      Json | undefined;
    return found
      ? {
          type: found["type"],
          description: found["description"],
          compare: found["compare"],
          value: found["value"],
          window: found["window"],
          entities: (found["entities"] ?? []) as Value,
          tags: (found["tags"] ?? []) as Value,
          enabled: found["enabled"],
          alerts: fromApi(found["alerts"] as Json | undefined),
        }
      : null;
  },
  update: async (id, _old, now, work) => {
    await client.put(`/monitoring/alerts/${id}`, policyBody(now), work);
  },
  ...newcomer({
    client,
    path: () => "/monitoring/alerts",
    key: "policies",
    id: ({ uuid }) => String(uuid),
    fits: (found, { type, description }) =>
      found["type"] === type && found["description"] === description,
  }),
  delete: async (id, _state, work) => await client.delete(`/monitoring/alerts/${id}`, work),
});
