import type { Account, Image, Region } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { entity, type Fields, maybeFlag, maybeNumber, maybeText, maybeTexts } from "./answers";
import { toText } from "./convert";
import { type LookUp, one, single } from "./matches";

const account = entity(
  "account",
  "accounts",
  z.object({
    uuid: maybeText,
    email: maybeText,
    email_verified: maybeFlag,
    droplet_limit: maybeNumber,
    floating_ip_limit: maybeNumber,
    reserved_ip_limit: maybeNumber,
    status: maybeText,
    status_message: maybeText,
  } satisfies Fields<Account & { reserved_ip_limit: number }>),
);

export const lookUpAccount: LookUp = async (client, _args, work) => {
  const found = await client.get("/account", account, work);
  return {
    id: found.uuid,
    uuid: found.uuid,
    email: found.email,
    emailVerified: found.email_verified,
    dropletLimit: found.droplet_limit,
    floatingIpLimit: found.floating_ip_limit ?? found.reserved_ip_limit ?? 0,
    status: found.status,
    statusMessage: found.status_message,
  };
};

const image = entity(
  "image",
  "images",
  z.object({
    id: z.number(),
    name: maybeText,
    slug: maybeText,
    type: maybeText,
    distribution: maybeText,
    public: maybeFlag,
    min_disk_size: maybeNumber,
    regions: maybeTexts,
    size_gigabytes: maybeNumber,
    description: maybeText,
    tags: maybeTexts,
    status: maybeText,
    error_message: maybeText,
    created_at: maybeText,
  } satisfies Fields<Image>),
);
type FoundImage = z.output<(typeof image)["schema"]>;

const findImage: LookUp<FoundImage> = async (client, { id, name, slug }, work) => {
  if (id !== undefined || slug !== undefined) {
    const wanted = toText(id ?? slug);
    return one(await client.find(`/images/${wanted}`, image, work), `image ${wanted}`);
  }
  const all = await client.list("/images?private=true", image, work);
  return single(
    all.filter((each) => each.name === name),
    `image ${toText(name)}`,
  );
};

export const lookUpImage: LookUp = async (client, args, work) => {
  const found = await findImage(client, args, work);
  return {
    id: found.id,
    image: found.slug || String(found.id),
    name: found.name,
    slug: found.slug ?? "",
    type: found.type,
    distribution: found.distribution,
    private: !found.public,
    minDiskSize: found.min_disk_size,
    regions: found.regions ?? [],
    sizeGigabytes: found.size_gigabytes,
    description: found.description ?? "",
    tags: found.tags ?? [],
    status: found.status ?? "",
    errorMessage: found.error_message ?? "",
    created: found.created_at ?? "",
  };
};

const region = entity(
  "region",
  "regions",
  z.object({
    slug: z.string(),
    name: maybeText,
    available: maybeFlag,
    sizes: maybeTexts,
    features: maybeTexts,
  } satisfies Fields<Region>),
);

export const lookUpRegion: LookUp = async (client, { slug }, work) => {
  const all = await client.list("/regions", region, work);
  const found = one(
    all.find((each) => each.slug === slug),
    `region ${toText(slug)}`,
  );
  return { id: found.slug, ...found };
};
