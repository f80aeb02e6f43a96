/** What the local DigitalOcean remembers. Shapes are DigitalOcean's where the API shows them; derived fields (a droplet's image, region, size objects) are filled in by the API room. */

export interface DropletRecord {
  id: number; name: string; region: string; size: string; image: string | number;
  status: "new" | "active" | "off" | "archive"; locked: boolean; created_at: string;
  tags: string[]; ssh_keys: number[]; user_data: string; features: string[]; vpc_uuid: string; volume_ids: string[];
  ipv4: string; anchor_ipv4: string; private_ipv4: string; ipv6: string | null; mac: string;
  memory: number; vcpus: number; disk: number;
  backup_policy: { plan: "daily" | "weekly"; weekday?: string; hour: number } | null;
}
export interface ReservedIpRecord { ip: string; region: string; droplet_id: number | null; locked: boolean; project_id: string }
export interface SshKeyRecord { id: number; name: string; fingerprint: string; public_key: string }
export interface DomainRecord { name: string; ttl: number }
export interface DnsRecord { id: number; domain: string; type: string; name: string; data: string; priority: number | null; port: number | null; ttl: number; weight: number | null; flags: number | null; tag: string | null }
export interface ActionRecord { id: number; status: "in-progress" | "completed" | "errored"; type: string; started_at: string; completed_at: string | null; resource_id: number | string; resource_type: string; region_slug: string | null }
