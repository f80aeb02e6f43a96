import { execFile, execFileSync } from "node:child_process";
import { resolve } from "node:path";

import { expect, test } from "@jest/globals";

import { objectionTo } from "../../../cli/both-lost";
import { type RecoveryKit, kitText, resticWords } from "../../../cli/kit";

const KIT: RecoveryKit = {
  stack: "prod",
  fleet: "second-server",
  domain: "example.test",
  state: "/home/owner/.local/state/second-server",
  passphrase: "of the state",
  thirdPlace: {
    address: "rest:https://backups.example.net:8000/fleet/",
    user: "fleet",
    secret: "it's/+@ here",
  },
  repositoryPassword: "of the repository's",
  settings: { domain: "example.test", offsite: "rest:https://backups.example.net:8000/fleet/" },
  secrets: ["relay-password"],
  made: "2026-11-21T12:00:00.000Z",
};

/** What a shell makes of such lines. */
const environmentOf = (lines: readonly string[], ...names: readonly string[]): string[] =>
  execFileSync("sh", [], {
    encoding: "utf8",
    input: [...lines, `printf '%s\\n' ${names.map((name) => `"$${name}"`).join(" ")}`].join("\n"),
  })
    .trimEnd()
    .split("\n");

test("the paper has all that opens the data, and the commands; what is not on it is named", () => {
  const text = kitText(KIT);
  for (const part of [
    KIT.thirdPlace!.address,
    KIT.thirdPlace!.secret!,
    KIT.repositoryPassword,
    KIT.passphrase,
    KIT.state,
    "second-server:domain: example.test",
    "relay-password",
    "./fleet recover --from-repository --stack prod",
    "./fleet secret set repository-password --stack prod",
    "restic restore SNAPSHOT",
  ])
    expect(text).toContain(part);
  const { stack, fleet, domain, state, passphrase, repositoryPassword, secrets, made } = KIT;
  const facts = {
    stack,
    fleet,
    domain,
    state,
    passphrase,
    repositoryPassword,
    secrets,
    made,
  };
  expect(kitText({ ...facts, settings: {} })).toContain(
    "none: what is lost with both machines is lost",
  );
});

test("what is typed off the paper is what restic gets, whatever is in it", () => {
  expect(
    environmentOf(
      resticWords(KIT.thirdPlace!, KIT.repositoryPassword),
      "RESTIC_REPOSITORY",
      "RESTIC_PASSWORD",
    ),
  ).toEqual([
    "rest:https://fleet:it's%2F%2B%40%20here@backups.example.net:8000/fleet/",
    "of the repository's",
  ]);
  const s3 = { address: "s3:https://fra1.digitaloceanspaces.com/b/f", user: "DO", secret: "k'ey" };
  expect(
    environmentOf(
      resticWords(s3, "word"),
      "RESTIC_REPOSITORY",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
    ),
  ).toEqual([s3.address, "DO", "k'ey"]);
});

test.each<[string | undefined, string | undefined, RegExp | undefined]>([
  [undefined, undefined, undefined],
  ["1", "2", /nothing was touched.*--force/],
  ["1", undefined, /\.\/fleet recover watcher/],
  [undefined, "2", /\.\/fleet recover primary/],
])("both are made anew only where both are gone: %p, %p", (primary, watcher, words) => {
  const objection = objectionTo({ primary, watcher }, { begun: false, force: false });
  if (words === undefined) expect(objection).toBeUndefined();
  else expect(objection).toMatch(words);
  // What was begun is gone on with, and what is meant is done.
  expect(objectionTo({ primary, watcher }, { begun: true, force: false })).toBeUndefined();
  expect(objectionTo({ primary, watcher }, { begun: false, force: true })).toBeUndefined();
});

test("the kit is printed to nothing but a terminal, unless that is meant; both at once names no machine", async () => {
  const fleet = (...words: readonly string[]): Promise<string> =>
    new Promise((done) => {
      execFile("./fleet", [...words], { cwd: resolve(__dirname, "../../..") }, (error, _, said) =>
        done(`${String(error?.code ?? 0)} ${said}`),
      );
    });
  expect(await fleet("recovery-kit")).toMatch(/^2 [\s\S]*no terminal.*--show-secrets/);
  expect(await fleet("recover", "primary", "--from-repository")).toMatch(/^2 [\s\S]*both machines/);
  expect(await fleet("recover")).toMatch(/^2 [\s\S]*--from-repository/);
});
