import { UNITS } from "@second-server/contract/names";

import type { Clock } from "../adapters/clock";
import { logs, onMachine } from "../checks/advice";
import type { StorageStatus } from "../store/writer";
import type { Note } from "./overload";

/** A full or broken disk stops neither checks nor alerts, but it has to be known. */
export interface StorageAlarm {
  /** Once a second. */
  tick(): void;
  /**
   * Whether what is wrong with the storage is, or is about to be, known by this program's own
   * alert; if not, somebody else has to say it.
   */
  isTold(): boolean;
}

/** So long it has to fail before it is told. */
const PATIENCE_MS = 60_000;
/** So long it may take to be told by this program itself. */
const GRACE_MS = 150_000;

const FAILS = "The monitor can't write its history";
const AGAIN = "The monitor writes its history again";
const AFFECTS =
  "nothing that visitors see: checks and alerts go on in memory; a restart now would forget what is new";
const TO_DO = `is the disk full? ${onMachine("watcher", "df -h /")}; then ${logs("watcher", UNITS.observatory)}`;

export const createStorageAlarm = (deps: {
  readonly clock: Clock;
  readonly storage: () => StorageStatus;
  /** Whether the host check's alert already says that this machine's disk is full. */
  readonly isDiskAlerted: () => boolean;
  /** Has the host check look now: a full disk is its to tell. */
  readonly askHost: () => void;
  readonly note: Note;
  /** Whether messages wait that have not left yet. */
  readonly isSending: () => boolean;
}): StorageAlarm => {
  let fails = false;
  let told: "no" | "here" | "by the host check" = "no";
  const failsFor = (since: number | undefined): number => deps.clock.monotonic() - (since ?? 0);

  const tell = (error = ""): void => {
    told = deps.isDiskAlerted() ? "by the host check" : "here";
    if (told === "here")
      deps.note(FAILS, [
        ["Error", error],
        ["Affects", AFFECTS],
        ["To do", TO_DO],
      ]);
  };
  const tellOver = (dropped: number): void => {
    if (told === "here" || dropped > 0) deps.note(AGAIN, [["Samples lost", String(dropped)]]);
    told = "no";
  };
  return {
    tick: () => {
      const { ok, error, since, dropped } = deps.storage();
      if (!ok && !fails) deps.askHost();
      fails = !ok;
      if (!ok && told === "no" && since !== undefined && failsFor(since) > PATIENCE_MS) tell(error);
      else if (ok && told !== "no") tellOver(dropped);
    },
    isTold: () => {
      const { ok, since } = deps.storage();
      return ok || failsFor(since) < GRACE_MS || (told !== "no" && !deps.isSending());
    },
  };
};
