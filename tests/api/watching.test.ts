import { expect, test } from "@jest/globals";

import { startDueBackups } from "../../local/cloud/api/droplets/backups";
import { newDroplet, testApi } from "./harness";

test("uptime checks and their alerts are made, changed, shown and deleted", async () => {
  const api = await testApi();
  const { check } = (
    await api.call("POST", "/v2/uptime/checks", {
      name: "blog",
      type: "https",
      target: "https://blog.example.test",
      regions: ["eu_west"],
      enabled: true,
    })
  ).body;
  expect(
    (await api.call("GET", `/v2/uptime/checks/${check.id}/state`)).body.state.regions.eu_west
      .status,
  ).toBe("CHECKING");
  expect(
    (
      await api.call("POST", `/v2/uptime/checks/${check.id}/alerts`, {
        name: "x",
        type: "down",
        comparison: "",
        period: "2m",
        notifications: { email: ["a@example.test"], slack: null },
      })
    ).status,
  ).toBe(201);
  const wanted = {
    name: "down",
    type: "down",
    notifications: { email: ["a@example.test"], slack: [] },
    period: "2m",
  };
  const { alert } = (await api.call("POST", `/v2/uptime/checks/${check.id}/alerts`, wanted)).body;
  expect(alert).toMatchObject(wanted);
  expect(
    (
      await api.call("PUT", `/v2/uptime/checks/${check.id}/alerts/${alert.id}`, {
        ...wanted,
        period: "5m",
      })
    ).body.alert.period,
  ).toBe("5m");
  expect(
    (
      await api.call("PUT", `/v2/uptime/checks/${check.id}`, {
        name: "log",
        type: "https",
        target: check.target,
        regions: ["us_east"],
        enabled: false,
      })
    ).body.check,
  ).toMatchObject({ name: "log", enabled: false });
  expect((await api.call("GET", `/v2/uptime/checks/${check.id}/alerts`)).body.alerts).toHaveLength(
    2,
  );
  expect(
    (await api.call("DELETE", `/v2/uptime/checks/${check.id}/alerts/${alert.id}`)).status,
  ).toBe(204);
  expect((await api.call("DELETE", `/v2/uptime/checks/${check.id}`)).status).toBe(204);
  expect((await api.call("GET", "/v2/uptime/checks")).body.checks).toEqual([]);
  expect(
    (await api.call("POST", "/v2/uptime/checks", { name: "x", type: "gopher", target: "x" }))
      .status,
  ).toBe(422);
  expect(
    (await api.call("POST", "/v2/uptime/checks", { name: "x", type: "https", target: "blog" })).body
      .message,
  ).toContain("target");
});

test("alert policies are made, changed, shown and deleted", async () => {
  const api = await testApi();
  const wanted = {
    type: "v1/insights/droplet/cpu",
    description: "busy",
    compare: "GreaterThan",
    value: 80,
    window: "5m",
    entities: [],
    tags: ["web"],
    enabled: true,
    alerts: { email: ["a@example.test"], slack: [] },
  };
  const { policy } = (await api.call("POST", "/v2/monitoring/alerts", wanted)).body;
  expect(policy).toMatchObject(wanted);
  expect(
    (await api.call("PUT", `/v2/monitoring/alerts/${policy.uuid}`, { ...wanted, value: 90 })).body
      .policy.value,
  ).toBe(90);
  expect((await api.call("GET", "/v2/monitoring/alerts")).body.policies).toHaveLength(1);
  expect((await api.call("DELETE", `/v2/monitoring/alerts/${policy.uuid}`)).status).toBe(204);
  expect((await api.call("GET", `/v2/monitoring/alerts/${policy.uuid}`)).status).toBe(404);
});

test("backups: a policy at creation, changed and disabled by actions, shown with its next window", async () => {
  const api = await testApi();
  const { id } = (
    await api.call(
      "POST",
      "/v2/droplets",
      newDroplet({ backups: true, backup_policy: { plan: "daily", hour: 16 } }),
    )
  ).body.droplet;
  await api.cloud.jobs.settled();
  const shown = (await api.call("GET", `/v2/droplets/${id}/backups/policy`)).body.policy;
  expect(shown).toMatchObject({
    droplet_id: id,
    backup_enabled: true,
    backup_policy: { plan: "daily", hour: 16, retention_period_days: 7 },
    next_backup_window: { start: "2026-11-21T16:00:00Z", end: "2026-11-21T20:00:00Z" },
  });
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
    features: ["backups", "droplet_agent", "monitoring", "ipv6", "private_networking"],
  });
  const act = async (action: Record<string, unknown>) => {
    const { status } = await api.call("POST", `/v2/droplets/${id}/actions`, action);
    await api.cloud.jobs.settled();
    return status;
  };
  expect(
    await act({
      type: "change_backup_policy",
      backup_policy: { plan: "weekly", weekday: "MON", hour: 4 },
    }),
  ).toBe(201);
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet.next_backup_window.start).toBe(
    "2026-11-23T04:00:00Z",
  );
  expect(
    Object.keys((await api.call("GET", "/v2/droplets/backups/policies")).body.policies),
  ).toEqual([String(id)]);
  expect(
    (await api.call("GET", "/v2/droplets/backups/supported_policies")).body.supported_policies,
  ).toHaveLength(2);
  expect(await act({ type: "disable_backups" })).toBe(201);
  expect(await act({ type: "disable_backups" })).toBe(422);
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet.next_backup_window).toBeNull();
  expect((await api.call("GET", `/v2/droplets/${id}/backups`)).body.backups).toEqual([]);
});

test("a backup is taken once in each window, seven daily ones are kept, and the droplet can be restored from one", async () => {
  const api = await testApi();
  const { id } = (
    await api.call(
      "POST",
      "/v2/droplets",
      newDroplet({ backups: true, backup_policy: { plan: "daily", hour: 16 } }),
    )
  ).body.droplet;
  await api.cloud.jobs.settled();
  const minute = async (milliseconds: number) => {
    await api.clock.advance(milliseconds);
    startDueBackups(api.cloud);
    await api.cloud.jobs.settled();
  };
  await minute(60_000);
  expect((await api.call("GET", `/v2/droplets/${id}/backups`)).body.backups).toEqual([]);
  await minute(4 * 3_600_000);
  await minute(60_000);
  const { backups } = (await api.call("GET", `/v2/droplets/${id}/backups`)).body;
  expect(backups).toMatchObject([{ name: "web 2026-11-21", type: "backup" }]);
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet.backup_ids).toEqual([
    backups[0].id,
  ]);
  expect((await api.call("GET", "/v2/snapshots")).body.snapshots).toEqual([]);
  expect(
    (
      await api.call("POST", `/v2/droplets/${id}/actions`, {
        type: "restore",
        image: backups[0].id,
      })
    ).status,
  ).toBe(201);
  for (let day = 0; day < 9; day++) await minute(24 * 3_600_000);
  expect(api.cloud.store.state.snapshots).toHaveLength(7);
  expect((await api.call("DELETE", `/v2/droplets/${id}`)).status).toBe(204);
  expect(api.cloud.store.state.snapshots).toEqual([]);
});
