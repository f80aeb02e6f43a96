import { html } from "hono/html";
import { HTTPException } from "hono/http-exception";

import { type App, createApp, jsonBody, textField } from "./app";
import { type Html, shell } from "./page";

interface Playground {
  readonly title: string;
  readonly intro: Html;
  readonly example: string;
  readonly evaluate: (program: string) => string;
  /** Whether the program is wrong, and not the one who runs it. */
  readonly isMistake: (error: unknown) => boolean;
  /** A program and what it has to put out, for as long as the service is well. */
  readonly proof: readonly [program: string, output: string];
}

const SCRIPT = `
form.onsubmit = async (event) => {
  event.preventDefault();
  const answer = await fetch("/run", { method: "POST", body: JSON.stringify({ code: code.value }) });
  const { error, output } = await answer.json();
  out.textContent = error ? "error: " + error : output;
}`;

const front = ({ title, intro, example }: Playground): Html =>
  shell(
    title,
    html`<p>${intro}</p>
<form id="form">
<label for="code">Program</label><textarea id="code" rows="8">${example}</textarea>
<button>Run</button>
</form>
<pre id="out" aria-live="polite"></pre>`,
    SCRIPT,
  );

/**
 * A page with a program to change and run. POST /run {code} → {output}; 422 with the error of the
 * program.
 */
export const createPlayground = (playground: Playground): App => {
  const { evaluate, isMistake, proof } = playground;
  const page = front(playground);
  const app = createApp();
  app.get("/", (context) => context.html(page));
  app.post("/run", async (context) => {
    const code = textField(await jsonBody(context), "code", 20_000);
    try {
      return context.json({ output: evaluate(code) });
    } catch (error) {
      // A RangeError is Node's own stack: nested more deeply than any bound of ours has seen.
      if (error instanceof RangeError || isMistake(error))
        throw new HTTPException(422, { message: (error as Error).message });
      throw error;
    }
  });
  app.get("/health", (context) => {
    const ok = evaluate(proof[0]) === proof[1];
    return context.json({ ok }, ok ? 200 : 503);
  });
  return app;
};
