import { expect, test } from "@jest/globals";

import { start } from "./process";

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
const json = async (answer: Promise<Response>): Promise<unknown> => (await answer).json();

/** What each is there for, asked over HTTP of the process that its unit would run. */
const main: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  comments: async (url) => {
    await post(`${url}/api/comments`, { page: "/", author: "Ada", text: "hello" });
    return json(fetch(`${url}/api/comments?page=/`));
  },
  "dead-drop": async (url) => {
    const { id, key } = (await json(post(`${url}/api/drops`, { text: "secret" }))) as {
      id: string;
      key: string;
    };
    return json(post(`${url}/api/open`, { id, key }));
  },
  chat: async (url) => {
    await post(`${url}/messages`, { name: "Ada", text: "hello" });
    return json(fetch(`${url}/messages`));
  },
  forth: async (url) => json(post(`${url}/run`, { code: "2 3 + ." })),
  lisp: async (url) => json(post(`${url}/run`, { code: "(+ 2 3)" })),
  markov: async (url) => json(fetch(`${url}/babble?words=5`)),
  health: async (url) => json(fetch(`${url}/api/health`)),
};

test.each([
  ["comments", [{ author: "Ada", text: "hello" }]],
  ["dead-drop", { text: "secret" }],
  ["chat", [{ name: "Ada", text: "hello" }]],
  ["forth", { output: "5 " }],
  ["lisp", { output: "5" }],
  ["markov", { text: expect.stringMatching(/^\S+ \S+/) }],
  ["health", { machine: { uptimeSeconds: expect.any(Number) } }],
])(
  "%s starts, is healthy, has a page, does its work, and ends cleanly when told to",
  async (name, answer) => {
    const service = await start(name);
    try {
      const page = await fetch(`${service.url}/`);
      expect([page.status, page.headers.get("content-type")?.toLowerCase()]).toEqual([
        200,
        "text/html; charset=utf-8",
      ]);
      expect(await page.text()).toContain("<h1>");
      expect(await main[name]!(service.url)).toMatchObject(answer);
    } finally {
      expect(await service.stop()).toEqual({ code: 0, signal: null });
    }
  },
);
