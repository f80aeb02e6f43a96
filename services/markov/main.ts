import { html } from "hono/html";
import { HTTPException } from "hono/http-exception";

import { type App, createApp, jsonBody, textField } from "../shared/app";
import { shell } from "../shared/page";
import { run } from "../shared/run";
import { babble, learn } from "./chain";
import { CORPUS } from "./corpus";

const known = learn(CORPUS);

const FRONT = shell(
  "Markov",
  html`<p>Text that sounds like other text. Leave the box empty for the built-in one.</p>
<form id="form">
<label for="text">Text to learn from</label><textarea id="text" rows="8"></textarea>
<button>Talk</button>
</form>
<pre id="out" aria-live="polite"></pre>`,
  `
form.onsubmit = async (event) => {
  event.preventDefault();
  const options = text.value.trim() ? { method: "POST", body: JSON.stringify({ text: text.value }) } : {};
  const answer = await (await fetch("/babble", options)).json();
  out.textContent = answer.error || answer.text;
}`,
);

const DEFAULT_WORDS = 60;
const wordsAsked = (words: string | undefined): number =>
  Math.min(Math.max(Number(words ?? DEFAULT_WORDS) || DEFAULT_WORDS, 3), 500);

/** GET /babble?words=N → {text}; POST /babble {text} → {text} in the manner of the text. */
export const createService = (): App => {
  const app = createApp(512 * 1024);
  app.get("/", (context) => context.html(FRONT));
  app.get("/babble", (context) =>
    context.json({ text: babble(known, wordsAsked(context.req.query("words")), Math.random) }),
  );
  app.post("/babble", async (context) => {
    const example = textField(await jsonBody(context), "text", 500_000);
    const text = babble(learn(example), DEFAULT_WORDS, Math.random);
    if (text === "") throw new HTTPException(422, { message: "at least three words are needed" });
    return context.json({ text });
  });
  app.get("/health", (context) =>
    context.json({ ok: babble(known, 5, Math.random) !== "" }, known.size > 0 ? 200 : 503),
  );
  return app;
};

if (require.main === module) run("markov", createService);
