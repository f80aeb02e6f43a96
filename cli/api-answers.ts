import { z } from "zod";

import { failed } from "./errors";

const droplet = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  region: z.object({ slug: z.string() }).optional(),
  networks: z
    .object({ v4: z.array(z.object({ ip_address: z.string(), type: z.string() })).optional() })
    .optional(),
});
const action = z.object({ id: z.number(), type: z.string(), status: z.string() });
const domainRecord = z.object({
  id: z.number(),
  type: z.string(),
  name: z.string(),
  data: z.string(),
});
const inboundRule = z.object({
  protocol: z.string(),
  ports: z.string().optional(),
  sources: z
    .object({ addresses: z.array(z.string()).optional(), tags: z.array(z.string()).optional() })
    .optional(),
});

const firewall = z.object({ name: z.string(), inbound_rules: z.array(inboundRule).optional() });

export type DropletAnswer = z.output<typeof droplet>;
export type DomainRecord = z.output<typeof domainRecord>;

/**
 * What commands read of the API's answers; what else is in them passes. Of DigitalOcean's API v2:
 * https://docs.digitalocean.com/reference/api/
 */
export const ANSWERS = {
  account: z.object({ account: z.object({ status: z.string(), droplet_limit: z.number() }) }),
  action: z.object({ action }),
  actions: z.object({ actions: z.array(action) }),
  droplet: z.object({ droplet }),
  droplets: z.object({ droplets: z.array(droplet) }),
  firewall: z.object({ firewall }),
  firewalls: z.object({ firewalls: z.array(firewall) }),
  records: z.object({ domain_records: z.array(domainRecord) }),
  reservedIp: z.object({
    reserved_ip: z.object({ droplet: z.object({ id: z.number() }).nullish() }),
  }),
  reservedIps: z.object({
    reserved_ips: z.array(
      z.object({ ip: z.string(), droplet: z.object({ name: z.string() }).nullish() }),
    ),
  }),
} as const;

/** @throws Stop naming what is missing where the answer is not of that shape. */
export const read = <Answer>(shape: z.ZodType<Answer>, answer: unknown): Answer => {
  const found = shape.safeParse(answer);
  if (found.success) return found.data;
  throw failed(
    `fleet: the API has answered otherwise than is known of it. ${z.prettifyError(found.error)}`,
  );
};
