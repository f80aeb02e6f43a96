import type { MachineReport } from "@second-server/contract/reports";

import type { Actions } from "../actions/actions";
import type { Clock } from "../adapters/clock";
import type { Key } from "../adapters/key";
import type { Log } from "../adapters/log";
import type { PushChecks } from "../checks/push-checks";
import type { Reporter } from "../report/reporter";
import type { Records } from "../view/records";
import type { View } from "../view/view";
import type { Login } from "./login";
import type { Signatures } from "./signed";

/** What the pages are made from, and what can be asked for through them. */
export interface SiteDeps {
  readonly view: View;
  readonly records: Records;
  readonly actions: Actions;
  readonly reporter: Pick<Reporter, "report">;
  /** Jobs say that they have run. */
  readonly pushChecks: Pick<PushChecks, "heard">;
  /** The primary says how it is. */
  readonly heard: (report: MachineReport) => void;
  /** The owner's. */
  readonly key: Key;
  /** The primary's; absent: it is not heard. */
  readonly primaryKey: Key | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves when what was done so far is written, or could not be. */
  readonly written: () => Promise<void>;
}

export interface Site extends SiteDeps {
  readonly login: Login;
  readonly signed: Signatures;
}
