/**
 * What the code names of the document, by the file that its types are made into. A thing of the API
 * is said by the path whose GET answers it and by its key there (of a list: one of it); a body, by
 * the request that has it.
 */
export const WANTED = {
  account: {
    things: {
      Account: ["/account", "account"],
      SshKey: ["/account/keys/{ssh_key_identifier}", "ssh_key"],
    },
    bodies: ["post /account/keys", "put /account/keys/{ssh_key_identifier}"],
  },
  actions: { things: { Action: ["/actions/{action_id}", "action"] }, bodies: [] },
  catalog: {
    things: { Region: ["/regions", "regions"], Size: ["/sizes", "sizes"] },
    bodies: [],
  },
  domains: {
    things: {
      Domain: ["/domains/{domain_name}", "domain"],
      DomainRecord: ["/domains/{domain_name}/records/{domain_record_id}", "domain_record"],
    },
    bodies: ["post /domains", "post /domains/{domain_name}/records"],
  },
  droplets: {
    things: {
      Droplet: ["/droplets/{droplet_id}", "droplet"],
      BackupPolicy: ["/droplets/{droplet_id}/backups/policy", "policy"],
    },
    bodies: ["post /droplets"],
  },
  "droplet-actions": { things: {}, bodies: ["post /droplets/{droplet_id}/actions"] },
  firewalls: {
    things: { Firewall: ["/firewalls/{firewall_id}", "firewall"] },
    bodies: ["put /firewalls/{firewall_id}"],
  },
  images: { things: { Image: ["/images/{image_id}", "image"] }, bodies: [] },
  monitoring: {
    things: { AlertPolicy: ["/monitoring/alerts/{alert_uuid}", "policy"] },
    bodies: ["post /monitoring/alerts"],
  },
  projects: {
    things: {
      Project: ["/projects/{project_id}", "project"],
      ProjectResource: ["/projects/{project_id}/resources", "resources"],
    },
    bodies: [
      "post /projects",
      "patch /projects/{project_id}",
      "post /projects/{project_id}/resources",
    ],
  },
  "reserved-ips": {
    things: {
      FloatingIp: ["/floating_ips/{floating_ip}", "floating_ip"],
      ReservedIp: ["/reserved_ips/{reserved_ip}", "reserved_ip"],
      ReservedIpv6: ["/reserved_ipv6/{reserved_ipv6}", "reserved_ipv6"],
    },
    bodies: [
      "post /reserved_ips",
      "post /reserved_ips/{reserved_ip}/actions",
      "post /reserved_ipv6",
      "post /reserved_ipv6/{reserved_ipv6}/actions",
    ],
  },
  tags: {
    things: { Tag: ["/tags/{tag_id}", "tag"] },
    bodies: ["post /tags", "post /tags/{tag_id}/resources"],
  },
  uptime: {
    things: {
      UptimeAlert: ["/uptime/checks/{check_id}/alerts/{alert_id}", "alert"],
      UptimeCheck: ["/uptime/checks/{check_id}", "check"],
      UptimeState: ["/uptime/checks/{check_id}/state", "state"],
    },
    bodies: ["post /uptime/checks", "post /uptime/checks/{check_id}/alerts"],
  },
  volumes: {
    things: {
      Snapshot: ["/snapshots/{snapshot_id}", "snapshot"],
      Volume: ["/volumes/{volume_id}", "volume"],
    },
    bodies: [
      "post /volumes",
      "post /volumes/{volume_id}/actions",
      "post /volumes/{volume_id}/snapshots",
    ],
  },
  vpcs: {
    things: {
      Vpc: ["/vpcs/{vpc_id}", "vpc"],
      VpcMember: ["/vpcs/{vpc_id}/members", "members"],
      VpcPeering: ["/vpcs/{vpc_id}/peerings", "peerings"],
    },
    bodies: ["post /vpcs", "put /vpcs/{vpc_id}", "patch /vpcs/{vpc_id}/peerings/{vpc_peering_id}"],
  },
};
