import { afterAll, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { ManifestError } from "../../../config/problems";
import { secretsOf } from "../../../render/alerts";
import { checksOf } from "../../../render/checks";
import { renderMachine } from "../../../render/machine";
import { SETTINGS, factsIn, project, removeProjects } from "../../fixtures/manifest";

const FOLDER = project();
afterAll(removeProjects);

const S3 = {
  ...SETTINGS,
  offsite: "s3:https://fra1.digitaloceanspaces.com/backups/fleet",
  "offsite-user": "DO00",
};
const factsOf = (settings: Readonly<Record<string, string>>, secrets = ["offsite-secret"]) =>
  factsIn(FOLDER, settings, secrets);
const problemsOf = (
  settings: Readonly<Record<string, string>>,
  secrets?: string[],
): readonly string[] => {
  try {
    factsOf({ ...SETTINGS, ...settings }, secrets);
  } catch (error) {
    if (error instanceof ManifestError) return error.problems;
    throw error;
  }
  return [];
};
const cronOf = (settings: Readonly<Record<string, string>>): string =>
  renderMachine(factsOf(settings), "watcher").find(({ path }) => path === PATHS.backupCron)!.text;

test("left out: neither machine has anything of it", () => {
  const facts = factsOf(SETTINGS, []);
  expect(secretsOf(facts, "watcher")).not.toContain("offsite");
  expect(checksOf(facts).map(({ id }) => id)).not.toContain("offsite");
  expect(cronOf(SETTINGS)).not.toContain("offsite");
});

test("each day after the repository's own work it has its turn, whatever became of that; it is checked, and the watcher's alone", () => {
  const facts = factsOf(S3);
  expect(cronOf(S3)).toContain(
    "37 2 * * * root systemd-cat -t fleet-backup /usr/local/bin/fleet-agent backup upkeep; systemd-cat -t fleet-backup /usr/local/bin/fleet-agent backup offsite\n",
  );
  expect(secretsOf(facts, "watcher")).toContain("offsite");
  expect(secretsOf(facts, "primary").join()).not.toMatch(/offsite|repository/);
  expect(checksOf(facts).find(({ id }) => id === "offsite")).toMatchObject({
    kind: "offsite",
    machine: "watcher",
    statusFile: "/var/lib/fleet-offsite/status.json",
  });
  for (const role of ["primary", "watcher"] as const)
    expect(JSON.stringify(renderMachine(facts, role))).not.toContain("DO00");
});

test.each<[Readonly<Record<string, string>>, string[], string]>([
  [{ offsite: "s3:https://key:secret@host/bucket", "offsite-user": "a" }, [], "is not an address"],
  [{ offsite: "/mnt/disk" }, [], "is not an address"],
  [{ offsite: "s3:https://host/bucket" }, ["offsite-secret"], "offsite-user: is not set"],
  [{ offsite: "sftp://u@host/srv/b" }, ["offsite-secret"], "offsite-host-key: is not set"],
  [{ offsite: "rest:https://host/", "offsite-user": "u" }, [], "./fleet secret set offsite-secret"],
  [{ offsite: "rest:https://host/", "offsite-append-only": "perhaps" }, [], "true nor false"],
])("%j is refused, with what is wrong", (settings, secrets, words) => {
  expect(problemsOf(settings, secrets).join("\n")).toContain(words);
});

test.each<Readonly<Record<string, string>>>([
  { offsite: "rest:https://host:8000/" },
  { offsite: "rest:http://192.0.2.7/a/b", "offsite-user": "u" },
  { offsite: "s3:https://s3.eu-central-1.amazonaws.com/bucket", "offsite-user": "A" },
  { offsite: "sftp://u1234@u1234.example.net:23//home/b", "offsite-host-key": "ssh-ed25519 AAAA" },
  { offsite: "sftp://u@[2001:db8::1]/b", "offsite-host-key": "ssh-ed25519 AAAA" },
])("%j is a third place", (settings) => {
  expect(problemsOf(settings, ["offsite-secret"])).toEqual([]);
});
