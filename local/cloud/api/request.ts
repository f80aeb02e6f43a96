import type { Context } from "hono";
import { z } from "zod";

import type { ApiEnv } from "./cloud";
import { ApiError, badRequest, notFound, unprocessable } from "./errors";

const LARGEST_BODY = 1 << 20;

/** The first of what is wrong, with its place. */
export const explain = (error: z.ZodError): string => {
  const [issue] = error.issues;
  const [place, message] = [issue?.path.join(".") ?? "", issue?.message ?? error.message];
  return place ? `${place}: ${message}` : message;
};

/**
 * The request's JSON body, checked. 400 when it is no JSON, 413 over 1 MiB, 422 with the first
 * problem otherwise.
 */
export const body = async <T>(c: Context<ApiEnv>, schema: z.ZodType<T>): Promise<T> => {
  const text = await c.req.text();
  if (text.length > LARGEST_BODY)
    throw new ApiError(413, "request_entity_too_large", "The request's body is larger than 1 MiB.");
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw badRequest("The request's body is not valid JSON.");
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unprocessable(explain(parsed.error));
  return parsed.data;
};

/** A numeric path parameter; anything else is a resource that does not exist. */
export const numericId = (c: Context<ApiEnv>, name: string): number => {
  const text = c.req.param(name) ?? "";
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
};

export const pathParameter = (c: Context<ApiEnv>, name: string): string => c.req.param(name) ?? "";

/** Numbers that clients send as text in some calls ("resource_id": "123"). */
export const looseInteger = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
export const nameText = z.string().min(1).max(255);
/** One of a few texts, or not given; Go clients send an empty text for that. */
export const optionalText = <const V extends readonly [string, ...string[]]>(values: V) =>
  z.preprocess((value) => (value === "" ? undefined : value), z.enum(values).nullish());

/** What a request says: the parts that are neither left out nor null. */
export const given = <T extends object>(
  value: T,
): { [Part in keyof T]?: Exclude<T[Part], null | undefined> } =>
  Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined && part !== null),
  ) as { [Part in keyof T]?: Exclude<T[Part], null | undefined> };
