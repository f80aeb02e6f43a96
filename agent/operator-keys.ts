import { dirname } from "node:path";

import { USERS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import type { Identity } from "@second-server/contract/release";

import { readText, writeWhole, makeFolder } from "./files";
import type { Machine } from "./machine";

type Keys = Partial<Pick<Identity, "operatorKeys" | "role">>;

const linesOf = (text: string | undefined): readonly string[] =>
  (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

/** The file as it should be; undefined where the identity is of before it was told. */
const wanted = ({ operatorKeys = [] }: Keys): string | undefined =>
  operatorKeys.length === 0
    ? undefined
    : operatorKeys.map((key) => `${key.trim().replace(/\s+/g, " ")}\n`).join("");

/** What differs between who may log in and who should, in words; empty where nothing does. */
export const operatorKeysDrift = (machine: Machine, identity: Keys): readonly string[] => {
  const text = wanted(identity);
  if (text === undefined) return [];
  const [is, should] = [linesOf(readText(machine.at(PATHS.operatorKeys))), linesOf(text)];
  const [more, fewer] = [
    is.filter((key) => !should.includes(key)).length,
    should.filter((key) => !is.includes(key)).length,
  ];
  return more + fewer === 0
    ? []
    : [
        `${PATHS.operatorKeys}: ${[...(more > 0 ? [`keys that nobody has configured: ${more}`] : []), ...(fewer > 0 ? [`keys that are missing: ${fewer}`] : [])].join(", ")}`,
      ];
};

/** Whose a key is, in words that are safe in a command line. */
const ownerOf = (key: string): string =>
  key
    .split(" ")
    .slice(2)
    .join("-")
    .replace(/[^\w.@-]/g, "")
    .slice(0, 64) || "operator";

/**
 * They may push as well, where a service takes pushes: without terminal, forwarding or agent, and
 * nothing but that. The list is root's, so that the account can't widen it.
 */
const pushKeysOf = (text: string): string => {
  const lines = linesOf(text).map(
    (key) => `restrict,command="exec ${PATHS.pushCommand} '${ownerOf(key)}'" ${key}\n`,
  );
  return lines.join("");
};

/** Likewise of who may push, which only the primary has to know. */
export const pushKeysDrift = (machine: Machine, identity: Keys): readonly string[] => {
  const text = wanted(identity);
  return identity.role !== "primary" ||
    text === undefined ||
    readText(machine.at(PATHS.pushKeys)) === pushKeysOf(text)
    ? []
    : [`${PATHS.pushKeys}: changed`];
};

const replaceOperators = async (machine: Machine, identity: Keys, text: string): Promise<void> => {
  const { code, stdout, stderr } = await machine.run(["ssh-keygen", "-l", "-f", "-"], {
    input: text,
  });
  const [read, given] = [linesOf(stdout).length, linesOf(text).length];
  if (code !== 0 || read !== given)
    throw new Error(
      `fleet-agent: of the ${given} public keys that may log in, ssh-keygen can read ${read}; those of before stay. Correct admin-keys in the stack's settings. ${stderr.trim()}`.trim(),
    );
  const drift = operatorKeysDrift(machine, identity);
  const folder = machine.at(dirname(PATHS.operatorKeys));
  makeFolder(folder, 0o700);
  machine.own(folder, USERS.operator, USERS.operator);
  writeWhole(machine.at(PATHS.operatorKeys), text, 0o600, (draft) =>
    machine.own(draft, USERS.operator, USERS.operator),
  );
  for (const words of drift) machine.log(`${words}; put right`);
};

/**
 * Those who may log in as the operator, and no others: a key that was taken out of the settings
 * opens nothing from now on. `up` itself comes by the first of them; a list that sshd could not
 * read as it is meant is refused, and the one before stays.
 */
export const authorizeOperators = async (machine: Machine, identity: Keys): Promise<void> => {
  const text = wanted(identity);
  if (text === undefined) return;
  if (readText(machine.at(PATHS.operatorKeys)) !== text)
    await replaceOperators(machine, identity, text);
  if (pushKeysDrift(machine, identity).length > 0)
    writeWhole(machine.at(PATHS.pushKeys), pushKeysOf(text), 0o644);
};
