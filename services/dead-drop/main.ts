import { html } from "hono/html";
import { HTTPException } from "hono/http-exception";

import { type App, createApp, jsonBody, textField } from "../shared/app";
import { shell } from "../shared/page";
import { run } from "../shared/run";
import { Drops } from "./drops";

const FRONT = shell(
  "Dead drop",
  html`<p>A secret that can be read once. The link holds the key; the server can't read what it keeps.</p>
<form id="form">
<label>Secret <textarea id="text" rows="5" required maxlength="20000"></textarea></label>
<button>Make a link</button>
</form>
<pre id="out" aria-live="polite"></pre>`,
  `
form.onsubmit = async (event) => {
  event.preventDefault();
  const answer = await fetch("/api/drops", { method: "POST", body: JSON.stringify({ text: text.value }) });
  const { error, id, key } = await answer.json();
  out.textContent = error || location.origin + "/d/" + id + "#" + key;
  text.value = "";
}`,
);

const OPENER = shell(
  "Dead drop",
  html`<p>Opening shows the secret once and destroys it.</p>
<button id="open">Open</button>
<pre id="out" aria-live="polite"></pre>`,
  `
const button = document.getElementById("open");
button.onclick = async () => {
  const link = { id: location.pathname.slice(3), key: location.hash.slice(1) };
  const answer = await fetch("/api/open", { method: "POST", body: JSON.stringify(link) });
  const { error, text } = await answer.json();
  out.textContent = error || text;
  button.remove();
}`,
);

const HOUR = 3_600_000;
/** Some 60 MB at the most: a stranger must not fill the disk that all services share. */
const MOST_WAITING = 2000;

/** POST /api/drops {text, hours?} → 201 {id, key}; POST /api/open {id, key} → {text}, once. */
export const createService = (folder: string): App => {
  const drops = new Drops(folder);
  const app = createApp();
  app.get("/", (context) => context.html(FRONT));
  app.get("/d/:id", (context) => context.html(OPENER));
  app.post("/api/drops", async (context) => {
    const body = await jsonBody(context);
    const { hours = 72 } = body;
    if (typeof hours !== "number" || !(hours > 0 && hours <= 720))
      throw new HTTPException(422, { message: '"hours" is a number up to 720' });
    if (drops.count() >= MOST_WAITING)
      throw new HTTPException(507, { message: "too many secrets wait to be read" });
    const text = textField(body, "text", 20_000);
    return context.json(drops.put(text, Date.now() + hours * HOUR), 201);
  });
  app.post("/api/open", async (context) => {
    const body = await jsonBody(context);
    const text = drops.take(textField(body, "id", 40), textField(body, "key", 80), Date.now());
    if (text === undefined)
      throw new HTTPException(404, {
        message: "there is no such secret: wrong link, expired, or already read",
      });
    return context.json({ text });
  });
  app.get("/health", (context) => {
    drops.probe();
    return context.json({ ok: true, waiting: drops.count() });
  });
  return app;
};

if (require.main === module) run("dead-drop", createService);
