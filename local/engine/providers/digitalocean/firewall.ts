import type { Firewall } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { type Props, same } from "../../values/value";
import {
  type Body,
  entity,
  type Fields,
  maybeFlag,
  maybeNumber,
  maybeNumbers,
  maybeText,
  maybeTexts,
} from "./answers";
import type { Client } from "./client";
import { optionalText, present, toTexts } from "./convert";
import { comparable } from "./difference";
import {
  fromInbound,
  fromOutbound,
  inboundRule,
  meantRules,
  outboundRule,
  toInbound,
  toOutbound,
  validateRules,
} from "./firewall-rules";
import type { Operations, ResourceKind, Schema } from "./kind";

const pendingChange = z.object({
  droplet_id: maybeNumber,
  removing: maybeFlag,
  status: maybeText,
});
const firewallEntity = entity(
  "firewall",
  "firewalls",
  z.object({
    id: z.string(),
    name: z.string(),
    status: maybeText,
    created_at: maybeText,
    pending_changes: z.array(pendingChange).nullish(),
    inbound_rules: z.array(inboundRule).nullish(),
    outbound_rules: z.array(outboundRule).nullish(),
    droplet_ids: maybeNumbers,
    tags: maybeTexts,
  } satisfies Fields<Firewall>),
);

const body = (inputs: Props): Body<"put /firewalls/{firewall_id}"> => ({
  name: optionalText(inputs["name"]),
  inbound_rules: toInbound(inputs["inboundRules"]),
  outbound_rules: toOutbound(inputs["outboundRules"]),
  droplet_ids: toTexts(inputs["dropletIds"]).map(Number),
  tags: toTexts(inputs["tags"]),
});

const RULES: readonly string[] = ["inboundRules", "outboundRules"];
const RULE_SETS = { sets: RULES };

const schema: Schema = {
  label: "firewall",
  required: [],
  autoName: 255,
  sets: ["inboundRules", "outboundRules", "tags", "dropletIds"],
  outputs: ["createdAt", "pendingChanges", "status"],
  volatile: ["pendingChanges", "status"],
  zeros: { dropletIds: null, tags: null },
  alike: (property, told, wanted) =>
    RULES.includes(property) &&
    same(
      comparable(RULE_SETS, property, meantRules(told)),
      comparable(RULE_SETS, property, meantRules(wanted)),
    ),
  validate: validateRules,
};

const operations = (client: Client): Operations => ({
  create: async (inputs, work) =>
    (await client.create("/firewalls", body(inputs), firewallEntity, work)).id,
  view: async (id, before, work) => {
    const found = await client.find(`/firewalls/${id}`, firewallEntity, work);
    return (
      found && {
        name: found.name,
        status: found.status,
        createdAt: found.created_at,
        pendingChanges: (found.pending_changes ?? []).map(({ droplet_id, removing, status }) =>
          present({ dropletId: droplet_id, removing, status }),
        ),
        inboundRules: fromInbound(found.inbound_rules),
        outboundRules: fromOutbound(found.outbound_rules),
        dropletIds: found.droplet_ids ?? before["dropletIds"] ?? [],
        tags: found.tags ?? [],
      }
    );
  },
  update: async (id, _old, now, work) => {
    await client.put(`/firewalls/${id}`, body(now), work);
  },
  find: async ({ name }, work) => {
    const all = await client.list("/firewalls", firewallEntity, work);
    return all.find((each) => each.name === name)?.id;
  },
  delete: async (id, _state, work) => await client.delete(`/firewalls/${id}`, work),
});

export const firewall: ResourceKind = { schema, operations };
