import { html } from "hono/html";
import { HTTPException } from "hono/http-exception";

import { type App, createApp, jsonBody, textField } from "../shared/app";
import { type Html, shell } from "../shared/page";
import { run } from "../shared/run";
import { Comments, FullError } from "./store";

const SHOWN = 100;

const front = (comments: Comments): Html => {
  const rows = comments
    .of("/")
    .slice(-SHOWN)
    .map(({ author, text, at }) => html`<li><b>${author}</b> <small>${at}</small><br>${text}</li>`);
  return shell(
    "Comments",
    html`<ul>${rows.length > 0 ? rows : html`<li>None yet.</li>`}</ul>
<form id="form">
<label>Name <input id="author" required maxlength="80"></label>
<label>Comment <textarea id="text" rows="4" required maxlength="4000"></textarea></label>
<button>Post</button>
</form>`,
    `
form.onsubmit = async (event) => {
  event.preventDefault();
  const comment = { page: "/", author: author.value, text: text.value };
  const answer = await fetch("/api/comments", { method: "POST", body: JSON.stringify(comment) });
  answer.ok ? location.reload() : alert((await answer.json()).error);
}`,
  );
};

/** GET /api/comments?page=/x → [Comment]; POST /api/comments {page, author, text} → 201 Comment. */
export const createService = (folder: string): App => {
  const comments = new Comments(folder);
  const app = createApp();
  app.get("/", (context) => context.html(front(comments)));
  app.get("/api/comments", (context) => {
    context.header("access-control-allow-origin", "*");
    return context.json(comments.of(context.req.query("page") ?? "/"));
  });
  app.post("/api/comments", async (context) => {
    const body = await jsonBody(context);
    const page = textField({ page: "/", ...body }, "page", 200);
    const [author, text] = [textField(body, "author", 80), textField(body, "text", 4000)];
    try {
      return context.json(comments.add(page, author, text, new Date()), 201);
    } catch (error) {
      if (error instanceof FullError) throw new HTTPException(507, { message: error.message });
      throw error;
    }
  });
  app.get("/health", (context) => {
    comments.probe();
    return context.json({ ok: true, comments: comments.count() });
  });
  return app;
};

if (require.main === module) run("comments", createService);
