import { escapeHtml, page, readJson, Refusal, type Routes, run, textField } from "../shared/http";
import { shell } from "../shared/page";
import { Comments, FullError } from "./store";

const front = (comments: Comments): string =>
  shell(
    "Comments",
    `
<ul>${
      comments
        .of("/")
        .slice(-100)
        .map(
          ({ author, text, at }) =>
            `<li><b>${escapeHtml(author)}</b> <small>${at}</small><br>${escapeHtml(text)}</li>`,
        )
        .join("") || "<li>None yet.</li>"
    }</ul>
<form id="form"><label>Name <input id="author" required maxlength="80"></label><label>Comment <textarea id="text" rows="4" required maxlength="4000"></textarea></label><button>Post</button></form>`,
    `form.onsubmit=async(e)=>{e.preventDefault();const r=await fetch("/api/comments",{method:"POST",body:JSON.stringify({page:"/",author:author.value,text:text.value})});r.ok?location.reload():alert((await r.json()).error)}`,
  );

/** GET /api/comments?page=/x → [Comment]; POST /api/comments {page, author, text} → 201 Comment. */
export const routes = (folder: string): Routes => {
  const comments = new Comments(folder);
  return {
    "GET /": () => page(front(comments)),
    "GET /api/comments": (_request, url) => ({
      body: comments.of(url.searchParams.get("page") ?? "/"),
      headers: { "access-control-allow-origin": "*" },
    }),
    "POST /api/comments": async (request) => {
      const body = await readJson(request);
      try {
        return {
          status: 201,
          body: comments.add(
            textField({ page: "/", ...body }, "page", 200),
            textField(body, "author", 80),
            textField(body, "text", 4000),
            new Date(),
          ),
        };
      } catch (error) {
        throw error instanceof FullError ? new Refusal(507, error.message) : error;
      }
    },
    "GET /health": () => {
      comments.probe();
      return { body: { ok: true, comments: comments.count() } };
    },
  };
};

if (require.main === module) run("comments", routes);
