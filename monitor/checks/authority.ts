import type { Resolver } from "node:dns/promises";

import { codeOf } from "@second-server/contract/caught";

/**
 * The resolver says that there is no such name, or no such record. It may say so from memory, for
 * as long as the zone's SOA record allows: 30 minutes at DigitalOcean.
 */
export const isMissing = (error: unknown): boolean =>
  ["ENOTFOUND", "ENODATA"].includes(codeOf(error) ?? "");

/** The name and those above it, but not the top-level domain alone. */
const zonesOf = (name: string): readonly string[] => {
  const labels = name.replace(/\.$/, "").split(".");
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
};

const nameServersOf = async (resolver: Resolver, name: string): Promise<readonly string[]> => {
  for (const zone of zonesOf(name)) {
    const found = await resolver.resolveNs(zone).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    if (found.length > 0) return found;
  }
  return [];
};

/**
 * @returns the addresses of the zone's own name servers, which know of a record as soon as it is
 * there; none where they can't be found.
 */
export const authoritiesOf = async (
  resolver: Resolver,
  name: string,
  port = 53,
): Promise<readonly string[]> => {
  try {
    const names = (await nameServersOf(resolver, name)).slice(0, 2);
    const addresses = await Promise.all(
      names.map((server) => resolver.resolve4(server).catch((): string[] => [])),
    );
    return [...new Set(addresses.flat())].map((address) => `${address}:${port}`);
  } catch {
    return [];
  }
};
