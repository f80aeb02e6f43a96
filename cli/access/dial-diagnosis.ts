import { messageOf } from "@second-server/contract/caught";
import { UNITS } from "@second-server/contract/names";
import { z } from "zod";

import { ANSWERS, read } from "../api-answers";
import type { Context } from "../context";
import { type Ask, askCloud, type Droplet, dropletsNamed } from "../droplets";
import type { Reporter } from "../progress/reporter";

/**
 * From the first failure on. A login that times out takes ten seconds each: so it is told within
 * half a minute.
 */
const PATIENCE_MS = 18_000;
const CONSOLE_LINES = 8;
/**
 * What keeps people out of a machine that runs: its sshd, its first boot, and folders that only
 * root may enter.
 */
const LOOK = [
  `echo sshd: $(systemctl is-active ${UNITS.ssh}), listening on port 22: $(ss -Hltn 'sport = :22' | grep -q . && echo yes || echo no)`,
  "echo first boot: $(cloud-init status 2>&1 | head -1)",
  "stat -c '/ has mode %a' /",
].join("; ");

const indented = (text: string): string => text.trimEnd().replaceAll(/^/gm, "    ");
const words = async (work: Promise<string>): Promise<string> => {
  try {
    return await work;
  } catch (error) {
    return `not known: ${messageOf(error)}`;
  }
};

const sshFrom = async (ask: Ask, { id }: Droplet): Promise<string> => {
  const { firewalls: found } = read(
    ANSWERS.firewalls,
    await ask("GET", `/v2/droplets/${id}/firewalls`),
  );
  if (found.length === 0) return "no firewall covers it";
  const sources = found.flatMap(({ inbound_rules: rules = [] }) =>
    rules
      .filter(
        ({ protocol, ports }) => protocol === "tcp" && ["22", "0", "all"].includes(ports ?? ""),
      )
      .flatMap((rule) => rule.sources?.addresses ?? []),
  );
  return sources.length === 0
    ? `no address may reach port 22 (${found.map(({ name }) => name).join(", ")})`
    : `port 22 is open to ${sources.join(", ")}`;
};

const ran = z.object({ stdout: z.string(), stderr: z.string() });
const insideOf = async (ask: Ask, { id }: Droplet): Promise<string> => {
  const body = { argv: ["sh", "-c", LOOK] };
  const { stdout, stderr } = read(ran, await ask("POST", `/local/droplets/${id}/exec`, body));
  return stdout || stderr;
};
const consoleOf = async (ask: Ask, { id }: Droplet): Promise<string> =>
  String(await ask("GET", `/local/droplets/${id}/console?lines=${CONSOLE_LINES}`));

/** What the cloud and the machine itself say of why nobody gets in. */
export const diagnose = async (ask: Ask, name: string, local: boolean): Promise<string> => {
  // An account may have older ones of that name.
  const droplet = (await dropletsNamed(ask, name)).at(-1);
  if (!droplet) return `  There is no droplet ${name}.`;
  const open = await words(sshFrom(ask, droplet));
  const head = [`  droplet ${droplet.id} is ${droplet.status}`, `  firewall: ${open}`];
  if (!local)
    return [
      ...head,
      "  Your own address has to be in admin-from. Its console shows the boot: https://cloud.digitalocean.com/droplets, Access, Recovery console.",
    ].join("\n");
  if (droplet.status !== "active") return head.join("\n");
  return [
    ...head,
    `  inside:\n${indented(await words(insideOf(ask, droplet)))}`,
    `  the end of its console:\n${indented(await words(consoleOf(ask, droplet)))}`,
  ].join("\n");
};

const DIALLING = /^Dial .* failed/;

/**
 * A reporter that also looks why a machine can't be logged into, once for each step that keeps on
 * trying.
 */
export const diagnosing = (
  context: Context,
  reporter: Reporter,
  patience = PATIENCE_MS,
  ask: () => Promise<Ask> = () => askCloud(context, "up"),
): Reporter => {
  const waiting = new Map<string, NodeJS.Timeout | undefined>();
  const tell = async (label: string): Promise<void> => {
    const [, name] = /\b(primary|watcher)\b/.exec(label) ?? [];
    if (name === undefined) return;
    const found = await words(ask().then((cloud) => diagnose(cloud, name, context.local)));
    reporter.say(
      `${label}: no login to the ${name} for ${patience / 1000} s; it is still tried.\n${found}`,
    );
  };
  const end = (key: string): void => {
    clearTimeout(waiting.get(key));
    waiting.delete(key);
  };
  return {
    ...reporter,
    running: (key, label, detail) => {
      reporter.running(key, label, detail);
      if (!DIALLING.test(detail ?? "") || waiting.has(key)) return;
      waiting.set(key, setTimeout(() => void tell(label), patience).unref());
    },
    done: (key, label, seconds, outcome) => {
      end(key);
      reporter.done(key, label, seconds, outcome);
    },
    clear: (key) => {
      end(key);
      reporter.clear(key);
    },
  };
};
