import { AGENT, CERTIFICATE, SECRETS } from "@second-server/contract/names";
import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";

import { probeAll } from "../cli/verify/probe";
import { commentIsThere, postComment } from "./comments";
import type { Drill, DrillTools } from "./drill";
import { mustFleet } from "./fleet-command";
import { onMachine } from "./machine";
import { drill as primaryLost } from "./primary-lost";
import type { Measures } from "./timeline";
import { awaitGreen } from "./waiting";

const HOOK = "fleet-drill-hook";
/** For a moment, on the machine that asks Let's Encrypt with what was taken. */
const LOOT = "/root/fleet-drill-loot";
const GREEN_SECONDS = 240;

const LIVE = `${DEBIAN_PATHS.letsencrypt}/live/${CERTIFICATE}`;
/** Whatever opens something, or vouches for somebody. */
const SECRET_FILES = [
  PATHS.sshHostKey,
  PATHS.peerKey,
  `${PATHS.secrets}/${SECRETS.primaryKey}`,
  `${LIVE}/privkey.pem`,
] as const;
const TAKEN = [
  ...["fullchain.pem", "privkey.pem"].map((name) => `${LIVE}/${name}`),
  `${DEBIAN_PATHS.letsencrypt}/accounts`,
];
/** What would run, or steer certbot, on the next machine if it came with the certificates. */
const HOOKS = [
  ...["deploy", "pre", "post"].map(
    (kind) => `${DEBIAN_PATHS.letsencrypt}/renewal-hooks/${kind}/${HOOK}`,
  ),
  `${DEBIAN_PATHS.letsencrypt}/${HOOK}.ini`,
];

const hashes = async (tools: DrillTools): Promise<readonly string[]> =>
  (await onMachine(tools, "primary", `sha256sum ${SECRET_FILES.join(" ")} | cut -d' ' -f1`)).split(
    "\n",
  );

/** As root on the old machine: takes what there is, as one text, and leaves hooks behind. */
const takeOver = (tools: DrillTools): Promise<string> =>
  onMachine(
    tools,
    "primary",
    [
      ...HOOKS.map((path) => `printf '#!/bin/sh\\ntouch /root/${HOOK}\\n' >${path}`),
      `chmod 755 ${HOOKS.join(" ")}`,
      `tar -chzf - -C / ${TAKEN.map((path) => path.slice(1)).join(" ")} 2>/dev/null | base64 -w0`,
    ].join("; "),
  );

/** What Let's Encrypt says to whoever comes with what was taken. */
const letsEncryptSays = (tools: DrillTools, loot: string): Promise<string> =>
  onMachine(
    tools,
    "primary",
    [
      `rm -rf ${LOOT}; mkdir -m 700 ${LOOT}; echo ${loot} | base64 -d | tar -xzf - -C ${LOOT}`,
      `live=${LOOT}${LIVE}`,
      `certbot revoke --non-interactive --no-delete-after-revoke --cert-path $live/fullchain.pem --key-path $live/privkey.pem 2>&1 | tail -n 3 || true`,
      `echo ---; certbot show_account --non-interactive --config-dir ${LOOT}${DEBIAN_PATHS.letsencrypt} 2>&1 | tail -n 3 || true`,
      `rm -rf ${LOOT}`,
    ].join("; "),
  );

const seen = async (tools: DrillTools, before: readonly string[], loot: string): Promise<void> => {
  const { timeline } = tools;
  const now = await hashes(tools);
  const kept = SECRET_FILES.filter((_, index) => now[index] === before[index]);
  if (kept.length > 0)
    throw new Error(`the old machine's still open something: ${kept.join(", ")}`);
  timeline.mark("every key and secret that the old machine had is another one");

  const left = await onMachine(
    tools,
    "primary",
    `find ${DEBIAN_PATHS.letsencrypt} /root -name '${HOOK}*'`,
  );
  if (left !== "") throw new Error(`came back with the certificates: ${left}`);
  timeline.mark("nothing that he had left to run has come back");

  const [revoked = "", account = ""] = (await letsEncryptSays(tools, loot)).split("---");
  if (!/already/i.test(revoked)) throw new Error(`the old certificate is in force: ${revoked}`);
  if (!/deactivated|unauthorized|not exist|invalid/i.test(account))
    throw new Error(`the old account may have certificates signed: ${account}`);
  timeline.mark("the old certificate is revoked, and its account closed");
};

const commentIsGone = async ({ context, fleet }: DrillTools, text: string): Promise<void> => {
  const host = fleet.services.find(({ name }) => name === "comments")?.host;
  const url = `https://${host}/api/comments?page=${encodeURIComponent("/drill")}`;
  const [answer] = await probeAll(context, [{ name: "read", url, status: 200 }]);
  if (!answer?.ok || answer.body?.includes(text))
    throw new Error(`what was written after the time that was given came back: ${answer?.error}`);
};

/** Somebody else has had the primary, as root; what he took and what he left is worth nothing then. */
const run = async (tools: DrillTools): Promise<Measures> => {
  const { timeline, signal } = tools;
  const mine = await postComment(tools);
  await onMachine(tools, "watcher", `${AGENT} backup pull`);
  const at = await onMachine(tools, "watcher", "date -u +%Y-%m-%dT%H:%M:%SZ");
  timeline.mark("a comment is in a backup of the time when all was well", at);

  signal.throwIfAborted();
  const before = await hashes(tools);
  const loot = await takeOver(tools);
  const his = await postComment(tools);
  const begun = timeline.mark("somebody has had the primary: keys taken, hooks left, data changed");
  await onMachine(tools, "watcher", `${AGENT} backup pull`);
  timeline.mark("and a backup of that, too");

  await mustFleet(tools, "recover", "primary", "--compromised", "--at", at);
  const green = timeline.mark("recovered as of the time before");
  await commentIsThere(tools, mine);
  await commentIsGone(tools, his);
  timeline.mark("the data is of that time");
  await seen(tools, before, loot);
  await awaitGreen(tools, GREEN_SECONDS);
  return { "taken over to all green": green - begun };
};

/** A primary that is gone is made anew. */
export const drill: Drill = { run, mend: (tools) => primaryLost.mend(tools) };
