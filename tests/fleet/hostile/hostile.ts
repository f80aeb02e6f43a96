/**
 * The attacker's part of the fleet's life: what a client, a service or a whole machine that means
 * harm tries, on the booted fleet, which is afterwards as it was.
 */
import { afterAll, beforeAll, describe, expect } from "@jest/globals";

import { until } from "../../../cli/wait";
import { fleet, must } from "../kit";
import { floodTests } from "./floods";
import { loginTests } from "./logins";
import { lyingPrimaryTests } from "./lying-primary";
import { readableTests } from "./readable";
import { signedMessagesTests } from "./signed-messages";
import { takenOverServiceTests } from "./taken-over-service";

const TITLE = "rehearsal of attacks";

const isWell = async (): Promise<true | undefined> => {
  const { out } = await must(
    fleet("net", "--", "curl", "-fsS", "https://status.example.test/api/status"),
  );
  return (JSON.parse(out) as { ok: boolean }).ok ? true : undefined;
};

export const hostileTests = (): void =>
  describe("it is attacked", () => {
    beforeAll(() => must(fleet("maintenance", TITLE, "--minutes", "20")));
    afterAll(async () => {
      expect(await until(isWell, { seconds: 180, everyMs: 2000 })).toBe(true);
      // On a slow host it has ended by itself.
      await fleet("maintenance", TITLE, "--end");
    });
    readableTests();
    takenOverServiceTests();
    lyingPrimaryTests();
    signedMessagesTests();
    loginTests();
    floodTests();
  });
