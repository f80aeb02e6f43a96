/**
 * The attacker's part of the fleet's life: what a client, a service or a whole machine that means
 * harm tries, on the booted fleet, which is afterwards as it was.
 */
import { describe } from "@jest/globals";

import { readableTests } from "./readable";
import { signedMessagesTests } from "./signed-messages";

export const hostileTests = (): void =>
  describe("it is attacked", () => {
    readableTests();
    signedMessagesTests();
  });
