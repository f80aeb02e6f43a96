import { expect, test } from "@jest/globals";

import {
  changedCount,
  describeChanges,
  engineView,
  kindOf,
  nameOf,
} from "../../../cli/engine/events";

const URN =
  "urn:pulumi:local::second-server::second-server:server:Primary$digitalocean:index/droplet:Droplet::primary";
const STACK = "urn:pulumi:local::second-server::pulumi:pulumi:Stack::second-server-local";
const step = (op: string, urn = URN) => ({
  metadata: { op, urn, type: "digitalocean:index/droplet:Droplet", new: { custom: true } },
});

test("a URN's last type and its name are what people read", () => {
  expect(kindOf(URN)).toBe("Droplet");
  expect(nameOf(URN)).toBe("primary");
});

test("a resource is shown once while it is being made, with the last line it said, and once when it is there, with its seconds", () => {
  let clock = 1_000;
  const view = engineView(() => clock);
  expect(view.feed({ resourcePreEvent: step("create") })).toEqual([
    { kind: "running", key: URN, label: "creating Droplet primary" },
  ]);
  expect(
    view.feed({
      diagnosticEvent: {
        urn: URN,
        severity: "info#err",
        message: "<{%reset%}>first\nsecond\n<{%reset%}>",
      },
    }),
  ).toEqual([{ kind: "running", key: URN, label: "creating Droplet primary", detail: "second" }]);
  clock += 4_200;
  expect(view.feed({ resOutputsEvent: step("create") })).toEqual([
    {
      kind: "done",
      key: URN,
      label: "created Droplet primary",
      seconds: 4.2,
      failed: false,
    },
  ]);
});

test("a failing command ends with the last line it said, and its error is kept whole", () => {
  const view = engineView(() => 0);
  view.feed({ resourcePreEvent: step("update") });
  view.feed({
    diagnosticEvent: { urn: URN, severity: "info", message: "nginx: [emerg] unknown directive" },
  });
  const [note] = view.feed({
    diagnosticEvent: { urn: URN, severity: "error", message: "exit status 1" },
  });
  expect(note).toEqual({ kind: "note", severity: "error", text: "Droplet primary: exit status 1" });
  expect(view.feed({ resOpFailedEvent: step("update") })).toEqual([
    {
      kind: "done",
      key: URN,
      label: "updating Droplet primary",
      seconds: 0,
      failed: true,
      detail: "nginx: [emerg] unknown directive",
    },
  ]);
  expect(view.errors).toEqual(["Droplet primary: exit status 1"]);
});

test("what stays as it is, the stack itself and components are not lines of their own", () => {
  const view = engineView(() => 0);
  expect(view.feed({ resourcePreEvent: step("same") })).toEqual([]);
  expect(view.feed({ resourcePreEvent: step("create", STACK) })).toEqual([]);
  expect(
    view.feed({
      resourcePreEvent: { metadata: { op: "create", urn: URN, type: "x", new: { custom: false } } },
    }),
  ).toEqual([]);
  expect(view.feed({ resourcePreEvent: { ...step("create"), planning: true } })).toEqual([]);
});

test("nothing changed means nothing but sames", () => {
  const view = engineView(() => 0);
  view.feed({ summaryEvent: { resourceChanges: { same: 61 } } });
  expect(changedCount(view.changes)).toBe(0);
  view.feed({ summaryEvent: { resourceChanges: { same: 58, update: 2, replace: 1 } } });
  expect(changedCount(view.changes)).toBe(3);
  expect(describeChanges(view.changes)).toBe("2 updated, 1 replaced, 58 unchanged");
});

test("of a refresh only what is gone or different is a line; a replacement is its two steps", () => {
  const view = engineView(() => 0);
  view.feed({ resourcePreEvent: step("refresh") });
  expect(view.feed({ resOutputsEvent: step("refresh") })).toEqual([{ kind: "clear", key: URN }]);
  view.feed({ resourcePreEvent: step("refresh") });
  expect(view.feed({ resOutputsEvent: step("delete") })).toEqual([
    {
      kind: "done",
      key: URN,
      label: "found: Droplet primary is gone",
      seconds: 0,
      failed: false,
    },
  ]);
  expect(view.feed({ resourcePreEvent: step("replace") })).toEqual([]);
  expect(view.feed({ resOutputsEvent: step("replace") })).toEqual([]);
});
