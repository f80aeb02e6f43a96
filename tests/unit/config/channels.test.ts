import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";
import { overHttp } from "@second-server/contract/channels/http";
import { MANIFEST_CHANNELS, channelOf } from "@second-server/contract/channels/registry";

import { SECRET_NAMES } from "../../../config/settings";

const DOCS = readFileSync(join(__dirname, "../../../docs/manifest.md"), "utf8");

test.each(MANIFEST_CHANNELS)(
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

test("mail is always there: fleet.yaml does not name it, and its password is a secret of the stack", () => {
  expect(MANIFEST_CHANNELS.map(({ kind }) => kind)).not.toContain("email");
  expect(SECRET_NAMES).toContain("relay-password");
});

test("a channel that is not whole does not compile: TypeScript holds the marked line to be an error", () => {
  // @ts-expect-error -- nothing says what counts as delivered
  const half = overHttp<{ readonly url: string }>({
    options: { url: { key: "half", is: "url", shownAs: "URL" } },
    secrets: {},
    label: () => "half",
    request: ({ url }) => ({ method: "POST", url, headers: {}, body: "" }),
  });
  expect(half.label({ url: "https://example.net" })).toBe("half");
});
