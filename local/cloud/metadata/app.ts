import { Hono } from "hono";

import type { CloudState } from "../records";
import { metadataAt, metadataOf } from "./tree";

/**
 * The metadata service: who asks is told apart by address, which the network keeps from being
 * spoofed.
 */
export const createMetadata = (
  state: CloudState,
  peerOf: (c: { env: unknown }) => string | undefined,
): Hono => {
  const app = new Hono();
  app.get("/metadata/*", (c) => {
    const peer = peerOf(c)?.replace(/^::ffff:/, "");
    const droplet = peer
      ? state.droplets.find((one) => [one.ipv4, one.anchor_ipv4, one.private_ipv4].includes(peer))
      : undefined;
    if (!droplet) return c.text("not a droplet\n", 404);
    const tree = metadataOf(state, droplet);
    if (c.req.path === "/metadata/v1.json") return c.json(tree);
    const text = c.req.path.startsWith("/metadata/v1")
      ? metadataAt(tree, c.req.path.slice("/metadata/v1".length))
      : null;
    return text === null ? c.text("not found\n", 404) : c.text(text);
  });
  return app;
};
