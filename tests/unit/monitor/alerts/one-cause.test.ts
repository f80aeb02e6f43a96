import { expect, test } from "@jest/globals";

import { openIncidents } from "../../../../monitor/alerts/alert-state";
import { CHECKS, namesIn, seeded, SERVICES, type Truth, World, type Wrong } from "./world";

const MINUTE = 60_000;

/** One thing that goes wrong, and the name in the one alert. */
interface Cause {
  readonly what: string;
  readonly begin: (truth: Truth) => void;
  readonly blamed: (few: readonly string[]) => readonly string[];
  /** How many services it takes with it, where it is theirs. */
  readonly wrong?: Wrong;
}

const layerDown = (what: string, blamed: string, begin: Cause["begin"]): Cause => ({
  what,
  begin,
  blamed: () => [blamed],
});
const servicesDown = (wrong: Wrong, blamed?: string): Cause => ({
  what: `some services: ${wrong}`,
  wrong,
  begin: () => undefined,
  blamed: (few) => (blamed === undefined ? few : [blamed]),
});

const CAUSES: readonly Cause[] = [
  layerDown("name servers fail", "dns", (truth) => void (truth.dns = "SERVFAIL")),
  layerDown("name servers are silent", "dns", (truth) => void (truth.dns = "silent")),
  layerDown("the primary is dark", "primary", (truth) => void (truth.primary = "dark")),
  layerDown("nginx is stopped", "nginx", (truth) => void (truth.nginx = "stopped")),
  layerDown("expired", "certificate", (truth) => void (truth.certificate = "expired")),
  servicesDown("record gone", "dns"),
  servicesDown("502"),
  servicesDown("silent"),
  servicesDown("not in the certificate"),
];

const heal = (truth: Truth): void => {
  delete truth.dns;
  delete truth.primary;
  delete truth.nginx;
  delete truth.certificate;
  truth.services.clear();
};

const some = (random: () => number): readonly string[] => {
  const few = SERVICES.filter(() => random() < 0.5);
  return few.length === 0 ? ["blog"] : few;
};

const told = (world: World): readonly (readonly [string, string])[] =>
  world.sent.flatMap(({ message }) =>
    namesIn(message).map((name) => [message.kind, name] as const),
  );

test.each(CAUSES)(
  "one cause is one alert and one all-clear, whenever it comes and whoever notices first: $what",
  ({ begin, blamed, wrong }) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seeded(seed);
      const world = new World(random);
      world.pass(MINUTE + random() * 2 * MINUTE);
      const few = some(random);
      begin(world.truth);
      if (wrong !== undefined) for (const id of few) world.truth.services.set(id, wrong);
      world.pass(4 * MINUTE + random() * MINUTE);
      heal(world.truth);
      world.pass(3 * MINUTE);
      const names = [...blamed(few)].sort();
      const subjects = world.sent.map(({ message }) => message.subject);
      expect([seed, subjects.length, subjects]).toEqual([seed, 2, subjects]);
      expect(namesIn(world.sent[0]!.message).toSorted()).toEqual(names);
      expect(told(world).filter(([kind]) => kind === "up")).toHaveLength(names.length);
    }
  },
);

/** Three failures, a cache's memory, the wait for those below and the one for others. */
const LONGEST_MS = 45_000 + 60_000 + 20_000 + 15_000;

/** By the truth: what the check runs into first, or nothing where it passes. */
const reasonNow = (truth: Truth, id: string): string | undefined => {
  const { dns, primary, nginx, certificate, services } = truth;
  if (dns !== undefined || services.get(id) === "record gone") return "dns";
  if (id === "dns" || id === "status-certificate") return undefined;
  if (primary !== undefined) return "primary";
  if (id === "primary") return undefined;
  if (nginx !== undefined) return "nginx";
  if (certificate !== undefined) return "certificate";
  return services.has(id) ? id : undefined;
};

const toldNow = (world: World): readonly string[] =>
  openIncidents(world.alerting.state())
    .filter(({ told }) => told !== undefined)
    .map(({ check }) => check);

const WRONGS: readonly Wrong[] = ["502", "silent", "record gone", "not in the certificate"];

const change = (truth: Truth, random: () => number): void => {
  const pick = Math.floor(random() * 6);
  if (pick === 0) truth.dns = truth.dns === undefined ? "SERVFAIL" : undefined;
  if (pick === 1) truth.primary = truth.primary === undefined ? "dark" : undefined;
  if (pick === 2) truth.nginx = truth.nginx === undefined ? "stopped" : undefined;
  if (pick === 3) truth.certificate = truth.certificate === undefined ? "expired" : undefined;
  if (pick < 4) return;
  const id = SERVICES[Math.floor(random() * SERVICES.length)]!;
  if (truth.services.has(id)) truth.services.delete(id);
  else truth.services.set(id, WRONGS[Math.floor(random() * WRONGS.length)]!);
};

test("whatever breaks and mends in whatever order: nothing that stays broken is untold, and each alert has its all-clear", () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = seeded(1000 + seed);
    const world = new World(random);
    world.pass(2 * MINUTE);
    for (let turn = 0; turn < 12; turn += 1) {
      change(world.truth, random);
      const ms = random() < 0.5 ? 20_000 + random() * MINUTE : 3 * MINUTE;
      world.pass(ms);
      if (ms < LONGEST_MS) continue;
      const open = toldNow(world);
      const untold = CHECKS.filter(({ id }) => {
        const reason = reasonNow(world.truth, id);
        return reason !== undefined && !open.includes(reason) && !open.includes(id);
      });
      expect([seed, turn, untold.map(({ id }) => id), open]).toEqual([seed, turn, [], open]);
    }
    heal(world.truth);
    world.pass(4 * MINUTE);
    const balance = new Map<string, number>();
    for (const [kind, name] of told(world))
      balance.set(name, (balance.get(name) ?? 0) + (kind === "down" ? 1 : -1));
    expect([seed, [...balance].filter(([, count]) => count !== 0)]).toEqual([seed, []]);
    expect(openIncidents(world.alerting.state())).toEqual([]);
  }
});
