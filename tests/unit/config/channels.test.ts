import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";
import type { ChannelDefinition } from "@second-server/contract/channels/channel";
import { CHANNEL_INPUTS, channelOf } from "@second-server/contract/channels/registry";

import { SECRET_NAMES } from "../../../config/settings";

const DOCS = readFileSync(join(__dirname, "../../../docs/manifest.md"), "utf8");

test.each(CHANNEL_INPUTS)(
  "$kind is called by its name in fleet.yaml, its secrets are the stack's, and docs/manifest.md has all of it",
  ({ kind, options, secrets }) => {
    const [first] = Object.values(options);
    expect(first?.key ?? kind).toBe(kind);
    const names = Object.values(secrets).map(({ name }) => name);
    expect(SECRET_NAMES).toEqual(expect.arrayContaining(names));
    const words = [kind, ...Object.values(options).map(({ key }) => key), ...names];
    expect(words.filter((word) => !DOCS.includes(`\`${word}\``))).toEqual([]);
  },
);

test("a channel without one of its fields is refused where the machines' files are made", () => {
  expect(() => channelOf("telegram", { chat: "-100" })).toThrow(/^channel telegram: /);
  expect(channelOf("ntfy", { url: "https://ntfy.example.net/x" })).toEqual({
    kind: "ntfy",
    url: "https://ntfy.example.net/x",
  });
});

test("a channel that is not whole does not compile: TypeScript holds the marked line to be an error", () => {
  // @ts-expect-error -- nothing says what counts as delivered
  const half: ChannelDefinition<{ readonly url: string }> = {
    options: { url: { key: "half", is: "url", shownAs: "URL" } },
    secrets: {},
    label: () => "half",
    request: ({ url }) => ({ method: "POST", url, headers: {}, body: "" }),
  };
  expect(half.isDelivered).toBeUndefined();
});
