import { expect, test } from "@jest/globals";
import { agreementFlags, agreementIn } from "@second-server/contract/backups";

test("what is said comes through a command line as it was said", () => {
  const said = {
    doubtful: true,
    partial: true,
    compromised: true,
    before: "2026-11-21T09:30:00.000Z",
  };
  expect(agreementIn(agreementFlags(said))).toEqual(said);
});

test("what is not said takes back nothing that was agreed to before", () => {
  const agreed = { doubtful: true, partial: true, compromised: true };
  expect({ ...agreed, ...agreementIn(["backup", "restore-to-peer"]) }).toEqual(agreed);
});

test("a moment that is none is refused", () => {
  expect(() => agreementIn(["--before", "yesterday"])).toThrow("needs an instant");
  expect(() => agreementIn(["--before"])).toThrow("needs an instant");
});
