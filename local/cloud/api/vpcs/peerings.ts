import { randomUUID } from "node:crypto";

import type { Answer, VpcPeering } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { VpcPeeringRecord } from "../../records/network";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "../cloud";
import { conflict, found, notFound, unprocessable } from "../errors";
import { page } from "../paging";
import { body, pathParameter } from "../request";
import { askedVpc, vpcName } from "./routes";

const newPeering = z.object({
  name: vpcName,
  vpc_ids: z
    .array(z.string())
    .length(2, "must be the IDs of two VPCs")
    .transform(([one = "", other = ""]): [string, string] => [one, other]),
});
const peeringWith = z.object({ name: vpcName, vpc_id: z.string() });
const change = z.object({ name: vpcName });

const asked = ({ store }: Cloud, c: Context<ApiEnv>): VpcPeeringRecord =>
  found(store.vpcPeerings.get(pathParameter(c, "peering")));

const nameIsFree = (cloud: Cloud, name: string, but?: VpcPeeringRecord): void => {
  if (cloud.store.vpcPeerings.some((one) => one !== but && one.name === name))
    throw conflict("a VPC peering with the same name already exists in your account");
};

const REAL_SECONDS = 5;
/** Brings the network to where the record says; then `done` is noted. */
const follow = (cloud: Cloud, peering: VpcPeeringRecord, done: () => void): void => {
  void cloud.jobs.run(`vpc-peering-${peering.id}`, async () => {
    if (cloud.pace === "real") await cloud.clock.sleep(REAL_SECONDS * 1000);
    await cloud.network.apply();
    done();
  });
};
const provision = (cloud: Cloud, peering: VpcPeeringRecord): void =>
  follow(cloud, peering, () => {
    if (peering.status === "PROVISIONING")
      cloud.store.vpcPeerings.update(peering, { status: "ACTIVE" });
  });
const finishRemoval = (cloud: Cloud, peering: VpcPeeringRecord): void =>
  follow(cloud, peering, () => {
    cloud.store.vpcPeerings.remove((one) => one === peering);
  });

/** Ranges need no look: no two VPCs of an account overlap. */
const add = (
  cloud: Cloud,
  name: string,
  [one, other]: readonly [string, string],
): VpcPeeringRecord => {
  const { store } = cloud;
  if (one === other) throw unprocessable("vpc_ids: a VPC can't be peered with itself");
  const unknown = [one, other].filter((id) => !store.vpcs.get(id));
  if (unknown.length) throw unprocessable(`vpc_ids: ${unknown.join(", ")} not found`);
  nameIsFree(cloud, name);
  if (store.vpcPeerings.some(({ vpc_ids }) => vpc_ids.includes(one) && vpc_ids.includes(other)))
    throw conflict("these VPCs are peered already");
  return store.vpcPeerings.insert({
    id: randomUUID(),
    name,
    vpc_ids: [one, other],
    created_at: timestamp(cloud),
    status: "PROVISIONING",
  });
};

/**
 * DigitalOcean's document says "peering" below a VPC, its own Go client reads "vpc_peering" there:
 * both are answered.
 */
const underBothNames = (
  peering: VpcPeeringRecord,
): Record<"peering" | "vpc_peering", Answer<VpcPeering>> => ({
  peering,
  vpc_peering: peering,
});

const ofOneVpc = (cloud: Cloud, api: Api): void => {
  const members = (id: string): VpcPeeringRecord[] =>
    cloud.store.vpcPeerings.filter((one) => one.vpc_ids.includes(id));
  api.get("/vpcs/:id/peerings", (c) => {
    const found = page(c, "peerings", members(askedVpc(cloud, c).id));
    return c.json({ ...found, vpc_peerings: found.peerings });
  });
  api.post("/vpcs/:id/peerings", async (c) => {
    const wanted = await body(c, peeringWith);
    const peering = add(cloud, wanted.name, [askedVpc(cloud, c).id, wanted.vpc_id]);
    const answer = c.json(underBothNames(peering), 202);
    provision(cloud, peering);
    return answer;
  });
  api.patch("/vpcs/:id/peerings/:peering", async (c) => {
    const { name } = await body(c, change);
    const peering = asked(cloud, c);
    if (!members(askedVpc(cloud, c).id).includes(peering)) throw notFound();
    nameIsFree(cloud, name, peering);
    cloud.store.vpcPeerings.update(peering, { name });
    return c.json(underBothNames(peering));
  });
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  ofOneVpc(cloud, api);
  api.get("/vpc_peerings", (c) => c.json(page(c, "vpc_peerings", cloud.store.vpcPeerings.all())));
  api.post("/vpc_peerings", async (c) => {
    const wanted = await body(c, newPeering);
    const peering = add(cloud, wanted.name, wanted.vpc_ids);
    const answer = c.json({ vpc_peering: peering }, 202);
    provision(cloud, peering);
    return answer;
  });
  api.get("/vpc_peerings/:peering", (c) => c.json({ vpc_peering: asked(cloud, c) }));
  api.patch("/vpc_peerings/:peering", async (c) => {
    const { name } = await body(c, change);
    const peering = asked(cloud, c);
    nameIsFree(cloud, name, peering);
    cloud.store.vpcPeerings.update(peering, { name });
    return c.json({ vpc_peering: peering });
  });
  api.delete("/vpc_peerings/:peering", (c) => {
    const peering = asked(cloud, c);
    if (peering.status !== "DELETING") {
      cloud.store.vpcPeerings.update(peering, { status: "DELETING" });
      finishRemoval(cloud, peering);
    }
    return c.json({ vpc_peering: peering }, 202);
  });
  return api;
};

/** After a daemon's death: what was on its way goes on. */
const resume = (cloud: Cloud): void => {
  for (const peering of cloud.store.vpcPeerings.all()) {
    if (peering.status === "PROVISIONING") provision(cloud, peering);
    if (peering.status === "DELETING") finishRemoval(cloud, peering);
  }
};

/** Two VPCs' machines reach each other by their private addresses; not passed on to a third. */
export const vpcPeerings: Resource = { routes, resume };
