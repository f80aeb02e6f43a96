import type { Check } from "@second-server/contract/observatory";

import type { Watched } from "./check-state";

/** Something to do, and the command for it. */
export interface Step {
  readonly say: string;
  readonly run?: string;
}

/** What someone who was woken has to know besides the error. */
export interface Advice {
  /** Goes on with ": <error>". */
  readonly wrong: string;
  readonly affects: string;
  readonly steps: readonly Step[];
}

type Machine = Watched["machine"];
const onMachine = (machine: Machine, command: string): string =>
  `./fleet ssh ${machine} -- ${command}`;
const logs = (machine: Machine, unit: string): string => `./fleet logs ${machine} ${unit}`;
const runbook = (name: string): Step => ({ say: `More: docs/runbooks/${name}.md` });

const primaryDark: Advice = {
  wrong: "The primary can't be reached",
  affects:
    "everything that visitors see. The status page and the backups are on the watcher and go on.",
  steps: [
    {
      say: "Do the services answer from where you are? Then only the way between the two machines is broken. Else: is the droplet off, or on and silent?",
      run: "./fleet status",
    },
    {
      say: "Off: power it on in DigitalOcean's panel, or with doctl compute droplet-action power-on ID; nothing else is needed.",
    },
    {
      say: "On and silent: read its console's last lines, then power-cycle it.",
      run: "./fleet logs primary --boot",
    },
    {
      say: "Gone, or its disk is broken: rebuild it from the newest backup.",
      run: "./fleet recover primary",
    },
    runbook("primary-dark"),
  ],
};

const watcherDark: Advice = {
  wrong: "The watcher does not answer as it should",
  affects:
    "nothing that visitors of the services see. Without an answer the status page is dark, nobody watches and no backup is taken; one that answers with an error can't write its history, nor say so itself. This mail comes from the primary.",
  steps: [
    { say: "Is the droplet off, or on and silent?", run: "./fleet status" },
    {
      say: "Off: power it on in DigitalOcean's panel, or with doctl compute droplet-action power-on ID.",
    },
    { say: "On: does the Observatory run?", run: logs("watcher", "observatory.service") },
    { say: "Gone, or its disk is broken: rebuild it.", run: "./fleet recover watcher" },
    runbook("watcher-lost"),
  ],
};

const nginxDown: Advice = {
  wrong: "nginx on the primary does not answer",
  affects: "every service by its public name; the programs behind nginx may be well.",
  steps: [
    { say: "Why did it stop?", run: logs("primary", "nginx.service") },
    { say: "Is its configuration in order?", run: onMachine("primary", "sudo nginx -t") },
    { say: "Start it.", run: onMachine("primary", "sudo systemctl restart nginx") },
  ],
};

const serviceDown = (name: string, url: string): Advice => ({
  wrong: `${name} does not answer as it should`,
  affects: `visitors of ${url}; the other services are not part of this alert.`,
  steps: [
    { say: "Why?", run: logs("primary", name) },
    {
      say: "The watchdog restarts a program that runs without answering; what did it do?",
      run: logs("primary", "fleet-watchdog.service"),
    },
    {
      say: "Restart it by hand.",
      run: onMachine("primary", `sudo systemctl restart fleet-${name}`),
    },
    runbook("service-down"),
  ],
});

const certificate = (host: string, machine: Machine): Advice => ({
  wrong: `The certificate of ${host} is not in order`,
  affects: "once it has ended, browsers warn every visitor of that machine's names.",
  steps: [
    { say: "Why was it not renewed?", run: logs(machine, "certbot.service") },
    {
      say: "Try a renewal.",
      run: onMachine(machine, "sudo certbot renew --dry-run --no-random-sleep-on-renew"),
    },
    runbook("certificates"),
  ],
});

const backups: Advice = {
  wrong: "The backups are not in order",
  affects:
    "nothing that visitors see now. What users wrote since the newest backup would be lost with the primary.",
  steps: [
    { say: "Which backups are there?", run: onMachine("watcher", "sudo fleet-agent backup list") },
    {
      say: "Take one now; it says what is wrong.",
      run: onMachine("watcher", "sudo fleet-agent backup pull"),
    },
  ],
};

const host = (machine: Machine): Advice => ({
  wrong: `The ${machine} is not well`,
  affects:
    machine === "primary"
      ? "services, when memory or disk run out; while the disk is full, services and backups that fail are part of this alert."
      : "nothing that visitors see. While the disk is full, the monitor writes no history (checks and alerts go on in memory; a restart now would forget what is new) and no backup is kept.",
  steps: [
    {
      say: "What fills it?",
      run: onMachine(
        machine,
        "'df -h /; free -m; sudo du -xh --max-depth=2 /var | sort -h | tail'",
      ),
    },
    { say: "Old journals can go.", run: onMachine(machine, "sudo journalctl --vacuum-size=50M") },
  ],
});

const unit = (name: string, machine: Machine): Advice => ({
  wrong: `${name} on the ${machine} does not run`,
  affects: name.endsWith(".timer")
    ? "the work that it starts is not done."
    : "what it does; services that it carries have alerts of their own.",
  steps: [
    { say: "Why did it stop?", run: logs(machine, name) },
    { say: "Start it.", run: onMachine(machine, `sudo systemctl restart ${name}`) },
  ],
});

const names: Advice = {
  wrong: "A name of the fleet is not resolved as it should be",
  affects: "visitors may not find any service, whatever the servers do.",
  steps: [
    { say: "Do the records exist as fleet.yaml says?", run: "./fleet refresh" },
    { say: "Is the domain still yours and delegated to DigitalOcean? Look at the registrar." },
  ],
};

const target = (check: Check): string => {
  if (check.kind === "http") return new URL(check.url).host;
  if ("host" in check)
    return "port" in check && check.port !== undefined ? `${check.host}:${check.port}` : check.host;
  return "name" in check ? check.name : check.id;
};

const byKind = (check: Check, machine: Machine): Advice => {
  switch (check.kind) {
    case "dns":
      return names;
    case "certificate":
      return certificate(check.host, machine);
    case "backup":
      return backups;
    case "host":
      return host(machine);
    case "unit":
      return unit(check.unit, machine);
    case "heartbeat":
      return {
        wrong: `The job ${check.id} has not reported that it ended well`,
        affects: "what the job does.",
        steps: [{ say: "Look at the job's own log, on the machine that runs it." }],
      };
    case "drift":
      return {
        wrong: "The copy for failover is not what it should be",
        affects: "nothing now; a failover would not serve what the primary serves.",
        steps: [{ say: "Copy it again.", run: "./fleet up" }],
      };
    case "http":
    case "tcp":
    case "ssh":
    case "icmp":
      return {
        wrong: `${check.id} fails`,
        affects: `whoever uses ${target(check)}.`,
        steps: [
          {
            say: `Look at ${target(check)} itself: nothing of the fleet that it stands on has failed.`,
          },
        ],
      };
    default: {
      const never: never = check;
      throw new Error(`no advice for ${JSON.stringify(never)}`);
    }
  }
};

/** By what the check stands for; where it stands for itself only, by its kind. */
export const adviceFor = ({ check, layer, machine, service }: Watched): Advice => {
  if (layer === "primary" && check.kind !== "icmp")
    return machine === "primary" ? primaryDark : watcherDark;
  if (layer === "nginx" && machine === "primary") return nginxDown;
  if (layer === "service" && service !== undefined && check.kind === "http")
    return serviceDown(service, new URL(check.url).origin);
  return byKind(check, machine);
};
