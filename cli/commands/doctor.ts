import { resolve4 } from "node:dns/promises";

import { codeOf, messageOf } from "@second-server/contract/caught";
import { CHECKS } from "@second-server/contract/checks";
import { FAILOVER_SCOPES } from "@second-server/contract/failover";
import type { Command } from "commander";

import { ANSWERS, read } from "../api-answers";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { failoverReadiness } from "../failover";
import { loadLab } from "../lab";
import { loadManifest } from "../manifest";
import { NODE_REMEDY, isOldNode } from "../node-version";
import { paintFor } from "../progress/text";

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy?: string;
}

const nodeVersion = (): Finding => ({
  check: "Node.js",
  ok: !isOldNode(),
  detail: process.version,
  ...(isOldNode() ? { remedy: NODE_REMEDY } : {}),
});

const manifest = async (context: Context): Promise<Finding> => {
  try {
    const fleet = await loadManifest(context);
    return {
      check: "fleet.yaml",
      ok: true,
      detail: `${fleet.services.length} services under ${fleet.domain}`,
    };
  } catch (error) {
    return {
      check: "fleet.yaml",
      ok: false,
      detail: messageOf(error),
      remedy: "Correct fleet.yaml.",
    };
  }
};

const host = async (context: Context): Promise<readonly Finding[]> => {
  const { missingPackages, problems } = await (await loadLab()).checkHost(context.paths);
  return [
    {
      check: "this host",
      ok: problems.length === 0,
      detail:
        problems.length === 0
          ? "can run machines"
          : problems.map(({ problem }) => problem).join("; "),
      remedy: problems.map(({ remedy }) => remedy).join(" ") || undefined,
    },
    {
      check: "Debian packages",
      ok: missingPackages.length === 0,
      detail: missingPackages.length === 0 ? "all there" : `missing: ${missingPackages.join(" ")}`,
      remedy: missingPackages.length === 0 ? undefined : "./fleet up installs them.",
    },
  ];
};

/** A wrong token shows in `up` only after minutes; one cheap question shows it now. */
export const token = async (
  value: string | undefined,
  fetcher: typeof fetch = fetch,
): Promise<Finding> => {
  const check = "DigitalOcean token";
  if (!value)
    return {
      check,
      ok: false,
      detail: "DIGITALOCEAN_TOKEN is not set",
      remedy: "Make one (API → Tokens, read and write) and export DIGITALOCEAN_TOKEN.",
    };
  try {
    const answer = await fetcher("https://api.digitalocean.com/v2/account", {
      headers: { authorization: `Bearer ${value}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.status === 401)
      return {
        check,
        ok: false,
        detail: "refused (401)",
        remedy: "Make a new token and export it as DIGITALOCEAN_TOKEN.",
      };
    if (!answer.ok)
      return {
        check,
        ok: false,
        detail: `api.digitalocean.com answered ${answer.status}`,
        remedy: "Try again later; see status.digitalocean.com.",
      };
    const { account } = read(ANSWERS.account, await answer.json());
    return {
      check,
      ok: account.status === "active",
      detail: `account ${account.status}, up to ${account.droplet_limit} droplets`,
    };
  } catch (error) {
    return {
      check,
      ok: false,
      detail: `api.digitalocean.com can't be reached: ${messageOf(error)}`,
      remedy: "Check this machine's network and DNS.",
    };
  }
};

/** The token of the watcher's, which it tries itself: nobody else has it. Nothing where there is none. */
const failover = async (context: Context): Promise<readonly Finding[]> => {
  const fleet = await loadManifest(context).catch(() => undefined);
  const ready = fleet && (await failoverReadiness(context, fleet));
  return ready === undefined
    ? []
    : [
        {
          check: CHECKS.failover,
          ...ready,
          ...(ready.ok
            ? {}
            : {
                remedy: `docs/runbooks/failover.md; the token needs ${FAILOVER_SCOPES.join(", ")}`,
              }),
        },
      ];
};

/** What the stack's secrets are encrypted with; locally there is a fixed one. */
export const passphrase = (env: NodeJS.ProcessEnv): Finding => {
  const check = "state's passphrase";
  if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"])
    return { check, ok: true, detail: "is set" };
  return {
    check,
    ok: false,
    detail: "PULUMI_CONFIG_PASSPHRASE is not set",
    remedy:
      "Choose one, keep it, and export PULUMI_CONFIG_PASSPHRASE: it encrypts the keys in the state.",
  };
};

const dns = async (name: string): Promise<Finding> => {
  try {
    return { check: `DNS: ${name}`, ok: true, detail: (await resolve4(name)).join(", ") };
  } catch (error) {
    return {
      check: `DNS: ${name}`,
      ok: false,
      detail: codeOf(error) ?? String(error),
      remedy: "Check /etc/resolv.conf and this machine's network.",
    };
  }
};

export const define = (command: Command): void => {
  common(command)
    .option(
      "--host-only",
      "only what this host lacks to run machines; with --json as { problems, missingPackages }",
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 `up` can run; 2 it can't, with the reason and the remedy.",
    )
    .action(async (options: CommonOptions & { hostOnly?: boolean }) => {
      const context = contextOf(options);
      if (options.hostOnly && context.json) {
        const report = await (await loadLab()).checkHost(context.paths);
        console.log(JSON.stringify(report));
        process.exitCode = report.problems.length === 0 ? 0 : 2;
        return;
      }
      const elsewhere =
        context.local || options.hostOnly
          ? await host(context)
          : [
              await token(process.env["DIGITALOCEAN_TOKEN"]),
              passphrase(process.env),
              await dns("api.digitalocean.com"),
            ];
      const findings = [
        nodeVersion(),
        ...(options.hostOnly ? [] : [await manifest(context)]),
        ...elsewhere,
        ...(options.hostOnly ? [] : await failover(context)),
      ];
      const paint = paintFor(process.stdout);
      console.log(
        context.json
          ? JSON.stringify(findings, undefined, 2)
          : findings
              .map(
                ({ check, ok, detail, remedy }) =>
                  `${ok ? paint("green", "ok  ") : paint("red", "NO  ")} ${check.padEnd(20)} ${detail}${remedy ? `\n     ${"".padEnd(20)} ${remedy}` : ""}`,
              )
              .join("\n"),
      );
      // Missing packages alone are no obstacle: up installs them.
      process.exitCode = findings.every(({ ok, check }) => ok || check === "Debian packages")
        ? 0
        : 2;
    });
};
