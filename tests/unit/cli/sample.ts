import type { FleetFacts, MachineFacts, ServiceFacts } from "../../../config/fleet";

const machine = (role: "primary" | "watcher", monthlyUsd: number): MachineFacts => ({
  role,
  name: role,
  host: `${role}.example.test`,
  size: "s-1vcpu-1gb",
  region: "fra1",
  image: "debian-13-x64",
  monthlyUsd,
  ipv6: false,
});
const service = (name: string, health: ServiceFacts["health"]): ServiceFacts => ({
  name,
  kind: "node",
  host: `${name}.example.test`,
  folder: `services/${name}`,
  bundled: true,
  command: [],
  trees: [],
  jobs: [],
  workers: [],
  packages: [],
  port: 3000,
  user: `svc-${name}`,
  memoryMiB: 64,
  environment: {},
  health,
  data: [],
  streaming: false,
  maxBodyBytes: 1024,
});

/** Two services are enough to tell them apart. */
export const sampleFleet: FleetFacts = {
  name: "second-server",
  domain: "example.test",
  email: "owner@example.test",
  primary: machine("primary", 6),
  watcher: machine("watcher", 4),
  services: [
    service("blog", { path: "/", status: 200 }),
    service("chat", { path: "/health", status: 200, contains: "ok" }),
  ],
  status: { host: "status.example.test", port: 8080, operator: false },
  ttl: 60,
  checks: {
    intervalSeconds: 10,
    timeoutSeconds: 5,
    failAfter: 3,
    passAfter: 2,
    rebootWithinSeconds: 604_800,
    upgradeWithinSeconds: 604_800,
    also: [],
  },
  watchdog: { intervalSeconds: 30, failAfter: 3, maxRestartsPerHour: 4 },
  alerts: {
    to: ["owner@example.test"],
    from: "fleet@example.test",
    relay: { host: "relay.lab.test", port: 2525 },
    remindMinutes: 240,
    flapsPerHour: 6,
    channels: [],
    maintenance: [],
  },
  report: {},
  backups: { everyMinutes: 60, keep: { hourly: 24, daily: 7, weekly: 4 } },
  admin: { user: "fleet", authorizedKeys: [], allowFrom: [] },
};
