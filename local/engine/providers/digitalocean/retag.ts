import type { Work } from "../provider";
import type { Body } from "./answers";
import type { Client } from "./client";

/**
 * Puts on and takes away tags, making those that are not there yet. In this order, so that a
 * firewall that goes by tag covers the droplet all the time.
 */
export const retag = async (
  client: Client,
  type: "droplet" | "volume" | "volume_snapshot",
  id: string,
  old: readonly string[],
  now: readonly string[],
  work: Work,
): Promise<void> => {
  const body: Body<"post /tags/{tag_id}/resources"> = {
    resources: [{ resource_id: id, resource_type: type }],
  };
  const pathOf = (tag: string): string => `/tags/${encodeURIComponent(tag)}/resources`;
  for (const tag of now.filter((each) => !old.includes(each))) {
    await client.post("/tags", { name: tag }, work);
    await client.post(pathOf(tag), body, work);
  }
  for (const tag of old.filter((each) => !now.includes(each)))
    await client.delete(pathOf(tag), work, body);
};
