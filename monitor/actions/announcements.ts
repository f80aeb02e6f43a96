import { ANNOUNCED } from "@second-server/contract/names";

import type { Window } from "../alerts/maintenance";
import type { Row } from "../alerts/message-body";
import { instant } from "../alerts/words";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What a machine may have on its own word: a release's restarts are over by then. */
const MOST_MINUTES = 15;
const MOST_UPGRADE_MINUTES = 30;
/** All its windows within any 24 hours. */
const MOST_MINUTES_A_DAY = 120;

/** A window that the primary asked for, and whether people have been told of it. */
export interface Announced extends Pick<Window, "title" | "services" | "from" | "to"> {
  readonly told: boolean;
}

/** The asker's key does not allow it. */
export class Denied extends Error {}

/**
 * The primary's own windows: short, counted, and told to people; what would silence the fleet for
 * long is the owner's to ask for.
 */
export interface Announcements {
  /** Counts one, and tells people. @throws Denied when it is more than the primary may have. */
  begin(window: Pick<Window, "title" | "services" | "from" | "to">): void;
  /** It ends earlier than it was to. */
  end(title: string, at: number): void;
  /** Those of the last 24 hours. */
  lately(): readonly Announced[];
}

export interface AnnouncementsDeps {
  readonly now: () => number;
  readonly keep: (announced: readonly Announced[]) => void;
  readonly note: (lead: string, rows: readonly Row[]) => void;
}

export const minutesOf = (all: readonly Pick<Announced, "from" | "to">[]): number =>
  Math.ceil(all.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0) / MINUTE_MS);

const counted = (all: readonly Announced[]): string =>
  `${all.length === 1 ? "1 window" : `${all.length} windows`}, ${minutesOf(all)} minutes of at most ${MOST_MINUTES_A_DAY}`;

const covered = (services: readonly string[] | undefined): string =>
  services === undefined ? "everything on the primary" : services.join(", ");

const rowsOf = (window: Omit<Announced, "told">, all: readonly Announced[]): readonly Row[] => [
  ["Silent", covered(window.services)],
  ["Until", instant(window.to)],
  ["In the last 24 hours", counted(all)],
  [
    "Affects",
    "what fails until then is shown on the status page, and told if it outlasts the window",
  ],
  [
    "To do",
    `nothing, if it was you or a package upgrade. Else end it (./fleet maintenance "${window.title}" --end) and see who is on the primary: ./fleet logs primary`,
  ],
  ["More of them", "are told at most once an hour"],
];

const complaint = (
  { title, from, to }: Omit<Announced, "told">,
  lately: readonly Announced[],
): string | undefined => {
  const most = title === ANNOUNCED.upgrades ? MOST_UPGRADE_MINUTES : MOST_MINUTES;
  if (to - from > most * MINUTE_MS)
    return `the primary may announce at most ${MOST_MINUTES} minutes (${MOST_UPGRADE_MINUTES} for package upgrades); longer needs the owner: ./fleet maintenance`;
  if (minutesOf([...lately, { from, to }]) > MOST_MINUTES_A_DAY)
    return `the primary may announce at most ${MOST_MINUTES_A_DAY} minutes in 24 hours; more needs the owner: ./fleet maintenance`;
  return undefined;
};

export const createAnnouncements = (
  { now, keep, note }: AnnouncementsDeps,
  before: readonly Announced[],
): Announcements => {
  let all = before;
  let deniedAt = -Infinity;

  const lately = (): readonly Announced[] =>
    all.filter(({ to, from }) => to > now() - DAY_MS && from <= now() + DAY_MS);
  const put = (next: readonly Announced[]): void => {
    all = next;
    keep(all);
  };
  const end: Announcements["end"] = (title, at) =>
    put(
      lately().map((one) =>
        one.title === title && one.to > at ? { ...one, to: Math.max(one.from, at) } : one,
      ),
    );
  const deny = (why: string, { title }: Pick<Announced, "title">): never => {
    if (Math.abs(now() - deniedAt) >= HOUR_MS) {
      deniedAt = now();
      note("The primary asked for more silence than it may have", [
        ["For", title],
        ["Refused", why],
        ["In the last 24 hours", counted(lately())],
        ["To do", "if it was not you: see who is on the primary (./fleet logs primary)"],
      ]);
    }
    throw new Denied(why);
  };

  return {
    lately,
    end,
    begin: (window) => {
      // Announced again, it is a new window: what is left of the one before does not count.
      end(window.title, now());
      const why = complaint(window, lately());
      if (why !== undefined) return deny(why, window);
      const isTold = lately().some(({ told, from }) => told && now() - from < HOUR_MS);
      put([...lately(), { ...window, told: !isTold }]);
      if (!isTold) note(`The primary announced maintenance: ${window.title}`, rowsOf(window, all));
    },
  };
};
