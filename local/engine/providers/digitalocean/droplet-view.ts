import type { Droplet } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Props } from "../../values/value";
import { entity, type Fields, maybeFlag, maybeNumber, maybeText, maybeTexts } from "./answers";
import type { Told } from "./convert";

const network = z.object({ type: maybeText, ip_address: maybeText });

export const dropletEntity = entity(
  "droplet",
  "droplets",
  z.object({
    id: z.number(),
    name: z.string(),
    region: z.object({ slug: maybeText }),
    size: z.object({ slug: maybeText, price_hourly: maybeNumber, price_monthly: maybeNumber }),
    size_slug: maybeText,
    image: z.object({ id: maybeNumber, slug: maybeText }).nullish(),
    disk: maybeNumber,
    vcpus: maybeNumber,
    memory: maybeNumber,
    status: z.string(),
    locked: maybeFlag,
    created_at: maybeText,
    vpc_uuid: maybeText,
    volume_ids: maybeTexts,
    tags: maybeTexts,
    features: maybeTexts,
    networks: z
      .object({ v4: z.array(network).nullish(), v6: z.array(network).nullish() })
      .nullish(),
  } satisfies Fields<Droplet>),
);
type Found = z.output<(typeof dropletEntity)["schema"]>;

const addressesOf = ({ networks }: Found): Told => {
  const find = (family: "v4" | "v6", type: string): string =>
    networks?.[family]?.find((each) => each.type === type)?.ip_address ?? "";
  return {
    ipv4Address: find("v4", "public"),
    ipv4AddressPrivate: find("v4", "private"),
    ipv6Address: find("v6", "public"),
  };
};

const imageOf = ({ image }: Found): string | undefined => {
  if (image?.slug) return image.slug;
  return image?.id === undefined ? undefined : String(image.id);
};

/** The state of a droplet as the API tells it. */
export const viewDroplet = (droplet: Found, before: Props): Told => {
  const features = droplet.features ?? [];
  return {
    name: droplet.name,
    region: droplet.region.slug,
    size: droplet.size.slug ?? droplet.size_slug,
    image: imageOf(droplet) ?? before["image"],
    priceHourly: droplet.size.price_hourly,
    priceMonthly: droplet.size.price_monthly,
    disk: droplet.disk,
    vcpus: droplet.vcpus,
    memory: droplet.memory,
    status: droplet.status,
    locked: droplet.locked,
    createdAt: droplet.created_at,
    vpcUuid: droplet.vpc_uuid ?? "",
    dropletUrn: `do:droplet:${droplet.id}`,
    volumeIds: droplet.volume_ids ?? [],
    tags: droplet.tags ?? [],
    backups: features.includes("backups"),
    ipv6: features.includes("ipv6"),
    monitoring: features.includes("monitoring"),
    privateNetworking: features.includes("private_networking"),
    ...addressesOf(droplet),
  };
};
