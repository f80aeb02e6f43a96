import { expect, test } from "@jest/globals";
import type { RestoreAgreement } from "@second-server/contract/backups";

import { newestGoodOf } from "../../../cli/last-backup";
import { clearRestore, planLines } from "../../../cli/restore-plan";

const NOW = Date.parse("2026-11-27T13:00:00Z");
const AT = "2026-11-27T12:00:00Z";
const [OLDER, NEWER] = ["20261127T120000Z", "20261127T123000Z"] as const;
const WIKI = { item: "data/wiki/wiki.db", id: OLDER, at: AT };
const WHOLE = { items: [WIKI], passedOver: [], lost: [] };
const PARTIAL = {
  ...WHOLE,
  passedOver: [`${NEWER} is damaged: data/chat/log.json is damaged`],
  lost: ["data/chat/log.json"],
};
const NOT_WHOLE = {
  ...PARTIAL,
  refused: "no backup that can be restored as it stands has data/chat/log.json whole\n  more",
};
const PLAIN = { partial: false, doubtful: false };

/** A watcher that answers so, what it was asked, what the owner is told, and how it ended. */
const attempt = async (
  answer: unknown,
  { agreed = PLAIN, complaint }: { agreed?: RestoreAgreement; complaint?: string } = {},
): Promise<{
  asked: string | undefined;
  said: string;
  stop: { exitCode?: number; message?: string };
}> => {
  let asked: string | undefined;
  const said: string[] = [];
  const stop: unknown = await clearRestore({
    agreed,
    command: "./fleet recover primary --stack prod",
    ...(complaint !== undefined && { complaint }),
    ask: (words) => {
      asked = words.join(" ");
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve(typeof answer === "string" ? answer : JSON.stringify(answer));
    },
    say: (text) => void said.push(text),
  }).catch((error: unknown) => error);
  return { asked, said: said.join("\n"), stop: stop ?? {} };
};

test("what is restored is said item by item; without an agreement the watcher is told that there is none", async () => {
  const { asked, said, stop } = await attempt(WHOLE);
  expect(asked).toBe("backup plan --agree --json");
  expect(said).toContain(`  data/wiki/wiki.db: of ${OLDER} (${AT}, `);
  expect(stop).toEqual({});
});

test.each([
  ["--compromised", { ...PLAIN, compromised: true }],
  ["--before", { ...PLAIN, before: "2026-11-27T11:00:00.000Z" }],
])(
  "an agent on the watcher that does not know %s is told of before anything is touched",
  async (_word, agreed) => {
    expect((await attempt(WHOLE, { agreed })).stop).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/earlier release.*Nothing was touched.*\.\/fleet up$/),
    });
  },
);

test("one that knows what it means answers so", async () => {
  const agreed = { ...PLAIN, compromised: true, before: AT.replace("Z", ".000Z") };
  const { asked, stop } = await attempt({ ...WHOLE, revokes: true }, { agreed });
  expect(asked).toBe(`backup plan --before ${agreed.before} --compromised --agree --json`);
  expect(stop).toEqual({});
});

test("age, damage and doubt are named, and nothing that a name holds moves the cursor", () => {
  const items = [WIKI, { item: "data/a\u001b[2J", id: NEWER, at: AT, doubts: ["x is gone"] }];
  expect(planLines({ ...NOT_WHOLE, items }, NOW)).toEqual([
    `  passed over: ${NEWER} is damaged: data/chat/log.json is damaged`,
    `  data/wiki/wiki.db: of ${OLDER} (${AT}, 60 minutes old)`,
    `  data/a?[2J: of ${NEWER} (${AT}, 60 minutes old), doubtful: x is gone`,
    "  data/chat/log.json: no backup that may be used has it whole, it is lost",
  ]);
});

test("what the plan refuses is shown and not begun, and the remedy is a command of this stack", async () => {
  const { said, stop } = await attempt(NOT_WHOLE);
  expect(said).toContain("data/chat/log.json: no backup");
  expect(stop).toMatchObject({
    exitCode: 2,
    message: [
      "fleet recover: no backup that can be restored as it stands has data/chat/log.json whole. Nothing was touched.",
      "To restore what is whole, and lose the rest: ./fleet recover primary --stack prod --partial",
      "To take backups that are only doubtful too: ./fleet recover primary --stack prod --doubtful",
    ].join("\n"),
  });
});

test.each([
  [{ partial: true, doubtful: false }, "backup plan --partial --agree --json"],
  [{ partial: false, doubtful: true }, "backup plan --doubtful --agree --json"],
  [{ partial: true, doubtful: true }, "backup plan --partial --doubtful --agree --json"],
])("the owner's agreement %p goes with the question", async (agreed, words) => {
  expect(await attempt(PARTIAL, { agreed })).toMatchObject({ asked: words, stop: {} });
});

test("where nothing can be restored whatever is agreed to, the way to begin without data is named", async () => {
  const { stop } = await attempt(
    { ...NOT_WHOLE, items: [] },
    { agreed: { partial: true, doubtful: true } },
  );
  expect(stop.message).toContain("begin without data: docs/runbooks/primary-lost.md");
});

test("a watcher without backups gives a fresh start to a primary that is gone, and keeps one that is there", async () => {
  const none = { items: [], passedOver: [], lost: [] };
  expect(await attempt(none)).toMatchObject({
    said: "The watcher has no backup yet: the new primary begins without data.",
    stop: {},
  });
  expect((await attempt(none, { complaint: "no route" })).stop).toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/has no other: its data would be lost[\s\S]*no route/),
  });
  expect(await attempt(WHOLE, { complaint: "no route" })).toMatchObject({
    said: expect.stringMatching(/could not be taken, so older ones are used: no route/),
    stop: {},
  });
});

test.each([
  ["does not answer", new Error("watcher: timed out")],
  ["answers something else", "[]"],
])(
  "a watcher that %s stops what an agreement or a living primary depends on, and nothing else",
  async (_what, answer) => {
    expect(await attempt(answer)).toMatchObject({
      said: expect.stringContaining("refuses by itself what is not whole"),
      stop: {},
    });
    expect(
      (await attempt(answer, { agreed: { partial: true, doubtful: false } })).stop.message,
    ).toContain("the watcher could not be told of --partial. Nothing was touched.");
    expect((await attempt(answer, { complaint: "no route" })).stop.message).toContain(
      "the watcher does not say what it has: the data would be lost",
    );
  },
);

const listed = (id: string, at = AT) => ({
  id,
  at,
  files: 1,
  bytes: 1,
  release: "abc",
});
test("the newest good backup is none that is damaged, doubtful or lacks an item", () => {
  const bad = [
    { ...listed(NEWER, "unknown"), damaged: "manifest.json is missing" },
    { ...listed(NEWER, "2026-11-27T12:40:00Z"), doubts: ["x is gone"] },
    { ...listed(NEWER, "2026-11-27T12:30:00Z"), failed: ["data/chat: it was locked"] },
  ];
  expect(newestGoodOf([...bad, listed(OLDER)])).toBe(AT);
  expect(newestGoodOf(bad)).toBeUndefined();
});
