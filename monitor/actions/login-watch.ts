import type { Login } from "@second-server/contract/reports";
import type { Role } from "@second-server/contract/roles";

import type { Row } from "../alerts/message-body";
import { instant } from "../alerts/words";
import { logs } from "../checks/advice";

const GATHER_MS = 10 * 60_000;
/** Of each machine; the one that was seen longest ago is forgotten first. */
const MOST_KNOWN = 1000;
const NAMED = 10;

/** Addresses that somebody has logged in from, by machine, and when last. */
export type KnownLogins = Readonly<Partial<Record<Role, Readonly<Record<string, number>>>>>;

/**
 * Tells people of each login from an address not seen before. Those of a machine's first report are
 * its owner's, who has just made it, and are told nobody.
 */
export interface LoginWatch {
  /** What a machine says of its logins, the same ones over and over. Undefined: it can't say. */
  seen(machine: Role, logins: readonly Login[] | undefined): void;
}

export interface LoginWatchDeps {
  readonly now: () => number;
  readonly keep: (known: KnownLogins) => void;
  readonly note: (lead: string, rows: readonly Row[]) => void;
}

/** Of IPv6 the network: whoever is in it changes his address at will. */
export const originOf = (address: string): string => {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  return `${[...front, ...Array.from({ length: zeros }, () => "0"), ...back]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
};

const rowsOf = (machine: Role, fresh: readonly Login[]): readonly Row[] => [
  ...fresh
    .slice(0, NAMED)
    .map(({ user, address, by, at }): Row => [address, `as ${user}, ${instant(at)}, by ${by}`]),
  ...(fresh.length > NAMED ? [["And", `${fresh.length - NAMED} more`] satisfies Row] : []),
  ["Affects", "nothing by itself; an operator may do everything on the machine"],
  [
    "To do",
    `nothing, if it was you or one of yours. Else take that key out of admin-keys, run ./fleet up, and see what was done: ${logs(machine, "ssh")}`,
  ],
  ["More of them", "are told together, at most every ten minutes"],
];

export const createLoginWatch = (
  { now, keep, note }: LoginWatchDeps,
  before: KnownLogins,
): LoginWatch => {
  let known = before;
  const waiting = new Map<Role, readonly Login[]>();
  const toldAt = new Map<Role, number>();

  const remember = (machine: Role, logins: readonly Login[]): void => {
    const all = { ...known[machine] };
    for (const { address, at } of logins)
      all[originOf(address)] = Math.max(at, all[originOf(address)] ?? 0);
    known = {
      ...known,
      [machine]: Object.fromEntries(
        Object.entries(all)
          .sort(([, a], [, b]) => b - a)
          .slice(0, MOST_KNOWN),
      ),
    };
    keep(known);
  };
  const tell = (machine: Role): void => {
    const fresh = waiting.get(machine) ?? [];
    if (fresh.length === 0 || Math.abs(now() - (toldAt.get(machine) ?? -Infinity)) < GATHER_MS)
      return;
    toldAt.set(machine, now());
    waiting.delete(machine);
    note(`Somebody logged in to the ${machine} from an address not seen before`, [
      ...rowsOf(machine, fresh),
    ]);
  };
  /** Known from any machine: an owner who goes from one to the other is no stranger. */
  const isKnown = ({ address }: Login): boolean =>
    Object.values(known).some((of) => Object.hasOwn(of, originOf(address)));

  return {
    seen: (machine, logins) => {
      if (logins === undefined) return;
      const isFirst = known[machine] === undefined;
      const fresh = logins.filter((login) => !isKnown(login));
      if (isFirst || fresh.length > 0) remember(machine, isFirst ? logins : fresh);
      if (!isFirst) waiting.set(machine, [...(waiting.get(machine) ?? []), ...fresh]);
      tell(machine);
    },
  };
};
