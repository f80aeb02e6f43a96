import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";

/** With Node's own request and response beside those of the web's standard. */
interface Env {
  readonly Bindings: HttpBindings;
}
export type App = Hono<Env>;

const problem = (error: string, status: number): Response => Response.json({ error }, { status });

/**
 * What all services do alike: mistakes are answered as JSON, defects are told in the journal,
 * bodies have a bound.
 */
export const createApp = (longestBody = 64 * 1024): App => {
  const app = new Hono<Env>();
  app.use(async (context, next) => {
    await next();
    context.header("x-content-type-options", "nosniff");
  });
  app.use(
    bodyLimit({
      maxSize: longestBody,
      onError: () => problem(`at most ${longestBody / 1024} kB`, 413),
    }),
  );
  app.notFound(({ req }) => problem(`nothing at ${req.method} ${req.path}`, 404));
  app.onError((error, { req }) => {
    // The asker's mistake, told to the asker.
    if (error instanceof HTTPException) return problem(error.message, error.status);
    process.stderr.write(`${req.method} ${req.path}: ${error.stack ?? error.message}\n`);
    return problem("internal error", 500);
  });
  return app;
};

/** @throws HTTPException when the body is not a JSON object. */
export const jsonBody = async ({ req }: Context): Promise<Record<string, unknown>> => {
  const value: unknown = await req.json().catch(() => {
    throw new HTTPException(400, { message: "the body has to be JSON" });
  });
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new HTTPException(400, { message: "the body has to be a JSON object" });
  return value as Record<string, unknown>;
};

/** A text of that field, trimmed. @throws HTTPException when it is missing or too long. */
export const textField = (body: Record<string, unknown>, name: string, longest: number): string => {
  const value = body[name];
  if (typeof value !== "string" || value.trim() === "")
    throw new HTTPException(422, { message: `"${name}" is needed` });
  if (value.length > longest)
    throw new HTTPException(422, { message: `"${name}" is longer than ${longest} characters` });
  return value.trim();
};
