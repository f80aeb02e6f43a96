import { html } from "hono/html";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";

import { type App, createApp, jsonBody, textField } from "../shared/app";
import { shell } from "../shared/page";
import { run } from "../shared/run";
import { createListeners } from "./listeners";

interface Said {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly at: string;
}

const FRONT = shell(
  "Chat",
  html`<ul id="list" aria-live="polite"></ul>
<form id="form">
<label>Name <input id="name_" required maxlength="40"></label>
<label>Message <input id="text" required maxlength="1000" autocomplete="off"></label>
<button>Send</button>
</form>`,
  `
new EventSource("/events").onmessage = (event) => {
  const { name, text } = JSON.parse(event.data);
  const row = document.createElement("li");
  row.textContent = name + ": " + text;
  list.append(row);
  while (list.children.length > 100) list.firstChild.remove();
};
form.onsubmit = async (event) => {
  event.preventDefault();
  const message = { name: name_.value, text: text.value };
  await fetch("/messages", { method: "POST", body: JSON.stringify(message) });
  text.value = "";
}`,
);

const KEPT = 50;
const MOST_LISTENERS = 500;
const HEARTBEAT_MS = 20_000;

const eventOf = (said: Said): string => `id: ${said.id}\ndata: ${JSON.stringify(said)}\n\n`;

/**
 * GET /events: server-sent events, the last messages first; POST /messages {name, text} → 201.
 * Nothing is stored: a restart empties the room.
 */
export const createService = (): App => {
  let last: Said[] = [];
  let next = 1;
  const listeners = createListeners();
  setInterval(() => listeners.tell(": still here\n\n"), HEARTBEAT_MS).unref();
  const app = createApp(8 * 1024);
  app.get("/", (context) => context.html(FRONT));
  app.get("/messages", (context) => context.json(last));
  app.post("/messages", async (context) => {
    const body = await jsonBody(context);
    const said = {
      id: next,
      name: textField(body, "name", 40),
      text: textField(body, "text", 1000),
      at: new Date().toISOString(),
    };
    next += 1;
    last = [...last, said].slice(-KEPT);
    listeners.tell(eventOf(said));
    return context.json(said, 201);
  });
  app.get("/events", (context) => {
    if (listeners.count() >= MOST_LISTENERS)
      throw new HTTPException(503, { message: "the room is full" });
    const seen = Number(context.req.header("last-event-id") ?? 0);
    context.header("x-accel-buffering", "no");
    // Who asks for the head alone hears nothing.
    if (context.req.method === "HEAD") return context.body(null);
    const missed = last.filter(({ id }) => id > seen).map(eventOf);
    return streamSSE(context, (stream) =>
      listeners.add(stream, `: welcome\n\n${missed.join("")}`, () =>
        context.env.outgoing.destroy(),
      ),
    );
  });
  app.get("/health", (context) => context.json({ ok: true, listeners: listeners.count() }));
  return app;
};

if (require.main === module) run("chat", createService);
