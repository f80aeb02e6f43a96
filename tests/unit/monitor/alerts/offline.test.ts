import { expect, test } from "@jest/globals";

import { createOffline } from "../../../../monitor/self/offline";
import { FakeClock } from "../fake-clock";
import { Site } from "../site";

test("the watcher's own network goes and comes: nothing meanwhile, one note afterwards, also over a restart; short gaps say nothing", async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const deaf: number[] = [];
  let kept: number | undefined;
  const start = (since?: number) =>
    createOffline(
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
        leastMs: 30_000,
      },
      since,
    );
  let offline = start();
  const seen = (up: boolean): void => {
    const from = offline.seen(up);
    if (from !== undefined) deaf.push(clock.now() - from);
  };
  seen(false);
  await clock.pass(20_000);
  seen(true);
  expect(sent).toEqual([]);
  seen(false);
  await clock.pass(200_000);
  seen(false);
  offline = start(kept);
  await clock.pass(100_000);
  expect(sent).toEqual([]);
  seen(true);
  seen(true);
  expect(sent).toEqual(["[lab] The watcher had no network for 5 min 0 s"]);
  expect([kept, deaf]).toEqual([undefined, [20_000, 300_000]]);
});

test("the outside switch is fed only while all is well with the monitor itself and its messages leave", async () => {
  const pings: string[] = [];
  const site = await Site.open({}, (url) => {
    pings.push(url);
    return Promise.resolve();
  });
  const config = site.observatory.view.config();
  const deadMan = { url: "https://switch.example.test/x", intervalSeconds: 60 };
  site.observatory.settings.replace({ ...config, alerts: { ...config.alerts, deadMan } });
  site.observatory.tick();
  expect(pings).toEqual([]);
  site.round();
  await site.observatory.writer.flush();
  const { queue } = site.observatory;
  queue.stuckMs = () => 16 * 60_000;
  site.observatory.tick();
  expect(pings).toEqual([]);
  queue.stuckMs = () => 14 * 60_000;
  site.observatory.tick();
  site.observatory.tick();
  expect(pings).toEqual(["https://switch.example.test/x"]);
  await site.clock.pass(61_000);
  site.observatory.tick();
  expect(pings).toHaveLength(1);
  await site.close();
});
