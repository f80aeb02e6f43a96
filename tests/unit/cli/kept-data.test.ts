import { PassThrough } from "node:stream";

import { expect, test } from "@jest/globals";

import { refuseKept } from "../../../cli/commands/forget";
import { confirmByName } from "../../../cli/confirm";
import { keptData, keptText } from "../../../cli/kept-data";
import { sampleFleet } from "./sample";

const [first] = sampleFleet.services;
const known = sampleFleet.services.map(({ name }) => name);
const services = {
  [first?.name ?? ""]: { backups: 30, newest: "20261128T090000Z", until: "2026-12-26T00:00:00Z" },
  "old-shop": { backups: 14, newest: "20261127T090000Z", until: "2026-12-20T09:00:00.000Z" },
  wiki: { backups: 1, newest: "20261101T090000Z" },
};

test("what is kept of services that are gone: where, how much, and until when; those in the manifest are not among it", () => {
  const kept = keptData(
    { left: [{ service: "old-shop", bytes: 12_582_912 }, { service: "notes" }] },
    { backup: { repository: { services } } },
    known,
  );
  expect(kept.map(({ service }) => service)).toEqual(["notes", "old-shop", "wiki"]);
  expect(keptText(kept)?.split("\n")).toEqual([
    "No longer in fleet.yaml, and their data is still kept:",
    "  notes: on the primary, /var/lib/fleet/notes, and in no new backup",
    "  old-shop: on the primary, /var/lib/fleet/old-shop (12 MiB), and in no new backup; in 14 backups, the newest 20261127T090000Z, until 2026-12-20, by backups.keep",
    "  wiki: in 1 backup, the newest 20261101T090000Z, and one of them is doubtful or lacks something, which goes when newer such come",
    "  ./fleet restore notes --to FOLDER brings it here; ./fleet forget notes lets it go for good.",
  ]);
});

test("machines of before, which tell nothing of it, are no fault", () => {
  expect(keptData({ left: [] }, {}, known)).toEqual([]);
  expect(keptText([])).toBeUndefined();
});

test("what fleet.yaml names, what is still served, and what is no name are refused before any machine is asked", () => {
  expect(() => refuseKept(first?.name ?? "", sampleFleet, [])).toThrow("is in fleet.yaml");
  expect(() => refuseKept("old-shop", sampleFleet, ["old-shop"])).toThrow("is still served");
  for (const name of ["../chat", "", "Old", "-x", "a b"])
    expect(() => refuseKept(name, sampleFleet, [])).toThrow("is no service's name");
  expect(() => refuseKept("old-shop", sampleFleet, ["chat"])).not.toThrow();
});

const terminal = (isTTY: boolean, typed?: string) => {
  const input: PassThrough & { isTTY?: boolean } = new PassThrough();
  input.isTTY = isTTY;
  if (typed === undefined) input.end();
  else input.write(typed);
  return { input, output: new PassThrough() };
};

test("its name has to be typed; anything else, or an end, deletes nothing; nobody at a terminal has to say --yes", async () => {
  await confirmByName("forget", "old-shop", true, terminal(false));
  await confirmByName("forget", "old-shop", false, terminal(true, "old-shop\n"));
  for (const typed of ["y\n", "old\n", "\n", "\u0003", "\u0004", undefined])
    await expect(confirmByName("forget", "old-shop", false, terminal(true, typed))).rejects.toThrow(
      "Nothing was deleted",
    );
  await expect(confirmByName("forget", "old-shop", false, terminal(false))).rejects.toThrow(
    "add --yes",
  );
});
