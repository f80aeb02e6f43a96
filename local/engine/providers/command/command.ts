import type { Package } from "../provider";
import { copyToRemote } from "./copy";
import { localCommand, localRun } from "./local";
import { remoteCommand } from "./remote";

/** The command provider, 1.2.1. */
export const commandPackage: Package = {
  settings: [],
  notes: { "__pulumi-go-provider-version": "1.2.0" },
  open: () => ({
    lookups: { "command:local:run": localRun },
    kinds: {
      "command:local:Command": localCommand,
      "command:remote:Command": remoteCommand,
      "command:remote:CopyToRemote": copyToRemote,
    },
  }),
};
