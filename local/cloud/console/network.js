import { get } from "./ask.js";
import { table } from "./elements.js";
import { show } from "./show.js";

export const showNetwork = (ips, firewalls) => {
  const held = ips.map((one) => [
    one.ip,
    one.region.slug,
    one.droplet ? one.droplet.name : "nobody",
  ]);
  show("ips", held, () => table(["address", "region", "held by"], held));
  const rules = (list) =>
    list
      .map(
        (one) =>
          `${one.protocol}${one.protocol === "icmp" ? "" : ` ${one.ports === "0" ? "all" : one.ports}`}`,
      )
      .join(", ");
  const walls = firewalls.map((one) => [
    one.name,
    rules(one.inbound_rules) || "nothing",
    rules(one.outbound_rules) || "nothing",
    [...one.tags.map((tag) => `tag ${tag}`), ...one.droplet_ids].join(", "),
  ]);
  show("firewalls", walls, () => table(["name", "lets in", "lets out", "covers"], walls));
};

export const showRecords = async () => {
  const { domains } = await get("/v2/domains?per_page=200");
  const lists = await Promise.all(
    domains.map(async ({ name }) =>
      (
        await get(`/v2/domains/${encodeURIComponent(name)}/records?per_page=200`)
      ).domain_records.map((one) => ({ ...one, domain: name })),
    ),
  );
  const rows = lists
    .flat()
    .map((one) => [
      one.name === "@" ? one.domain : `${one.name}.${one.domain}`,
      one.type,
      String(one.ttl),
      [one.priority, one.tag, one.data].filter((part) => part !== null).join(" "),
    ]);
  show("records", rows, () => table(["name", "type", "TTL", "data"], rows));
};
