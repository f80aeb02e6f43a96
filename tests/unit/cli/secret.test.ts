import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { afterAll, expect, test } from "@jest/globals";
import { openStackSettings } from "@second-server/engine/settings";

import { valueOf } from "../../../cli/secret-value";

const ROOT = resolve(__dirname, "../../..");
const STACK = `secret-test-${process.pid}`;
const FILE = join(ROOT, `Pulumi.${STACK}.yaml`);
afterAll(() => rmSync(FILE, { force: true }));

const secret = (
  args: readonly string[],
  input?: string,
): Promise<{ code: number; out: string; err: string }> =>
  new Promise((done) => {
    const child = execFile(
      "./fleet",
      ["secret", ...args, "--stack", STACK],
      { cwd: ROOT, env: { ...process.env, PULUMI_CONFIG_PASSPHRASE: "word" } },
      (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end(input ?? "");
  });
const stored = async (name: string): Promise<unknown> => {
  const place = { folder: ROOT, stack: STACK, backendUrl: `file:///nowhere`, passphrase: "word" };
  return await (await openStackSettings(place)).get(name);
};

test("a secret is set, listed without its value, read by the engine, and removed", async () => {
  const begun = await secret(["set", "relay-password", "-----BEGIN\nключ"]);
  expect(begun).toMatchObject({ code: 0, out: expect.stringContaining("relay-password is set") });
  expect(await stored("relay-password")).toBe("-----BEGIN\nключ");
  expect(readFileSync(FILE, "utf8")).toMatch(
    /relay-password:\n\s+secure: v1:[\s\S]*encryptionsalt/,
  );
  expect(await secret(["set", "operator-password", "-"], "two\nlines\n")).toMatchObject({
    code: 0,
  });
  expect(await stored("operator-password")).toBe("two\nlines");
  const listed = await secret(["list"]);
  expect(listed.out).toMatch(/relay-password +yes/);
  expect(listed.out).not.toContain("BEGIN");
  expect((await secret(["rm", "relay-password"])).out).toContain("is removed");
  expect(await stored("relay-password")).toBeUndefined();
  expect((await secret(["rm", "relay-password"])).out).toContain("was not set");
});

test("an unknown name is refused with the one that is meant, and an empty value with the remedy", async () => {
  expect(await secret(["set", "relay-pasword", "x"])).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean "relay-password"?'),
  });
  expect(await secret(["set", "relay-password"], "\n")).toMatchObject({
    code: 2,
    err: expect.stringContaining("./fleet secret rm relay-password"),
  });
});

test("what is piped is the value, but for one newline at its end; what is no text is refused", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  expect(valueOf(bytes("a\n\n"))).toBe("a\n");
  expect(valueOf(bytes(" a\r\n"))).toBe(" a");
  expect(valueOf(bytes("\ufeffa"))).toBe("\ufeffa");
  expect(() => valueOf(Uint8Array.of(0xff, 0xfe))).toThrow("not UTF-8");
});
