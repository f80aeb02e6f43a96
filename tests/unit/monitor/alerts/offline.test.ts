import { expect, test } from "@jest/globals";

import { Offline } from "../../../../monitor/alerts/offline";
import { FakeClock } from "../fake-clock";
import { Site } from "../site";

test("the watcher's own network goes and comes: nothing meanwhile, one note afterwards, also over a restart; short gaps say nothing", async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const deaf: number[] = [];
  let kept: number | undefined;
  const start = (since?: number) =>
    new Offline(
      {
        fleet: "lab",
        url: "https://status.example.test/",
        now: () => clock.now(),
        keep: (value) => {
          kept = value;
        },
        send: ({ subject }) => {
          sent.push(subject);
        },
        over: (from) => {
          deaf.push(clock.now() - from);
        },
        leastMs: 30_000,
      },
      since,
    );
  let offline = start();
  offline.seen(false);
  await clock.pass(20_000);
  offline.seen(true);
  expect(sent).toEqual([]);
  offline.seen(false);
  await clock.pass(200_000);
  offline.seen(false);
  offline = start(kept);
  await clock.pass(100_000);
  expect(sent).toEqual([]);
  offline.seen(true);
  offline.seen(true);
  expect(sent).toEqual(["[lab] The watcher had no network for 5 min 0 s"]);
  expect([kept, deaf]).toEqual([undefined, [20_000, 300_000]]);
});

test("the outside switch is fed only while all is well with the monitor itself and its messages leave", async () => {
  const site = await Site.open();
  const pings: string[] = [];
  site.assembly.config = {
    ...site.assembly.config,
    alerts: {
      ...site.assembly.config.alerts,
      deadMan: { url: "https://switch.example.test/x", intervalSeconds: 60 },
    },
  };
  site.assembly.ping = (url) => {
    pings.push(url);
    return Promise.resolve();
  };
  site.assembly.tick();
  expect(pings).toEqual([]);
  site.round();
  await site.assembly.writer.flush();
  const { outbox } = site.assembly;
  outbox.stuckMs = () => 16 * 60_000;
  site.assembly.tick();
  expect(pings).toEqual([]);
  outbox.stuckMs = () => 14 * 60_000;
  site.assembly.tick();
  site.assembly.tick();
  expect(pings).toEqual(["https://switch.example.test/x"]);
  await site.clock.pass(61_000);
  site.assembly.tick();
  expect(pings).toHaveLength(1);
  await site.close();
});
