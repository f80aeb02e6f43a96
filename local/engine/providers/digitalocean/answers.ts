import type { Bodies } from "@second-server/digitalocean-api/types";
import { z } from "zod";

/**
 * DigitalOcean's closed lists (regions, states …) grow: a text may be any, and what need not be
 * there may be null.
 */
type Open<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends readonly (infer Item)[]
        ? readonly Open<Item>[]
        : T extends object
          ? { readonly [K in keyof T]?: Open<T[K]> | null }
          : T;

/** What is sent, with the names of the document: `Body<"post /volumes">`. */
export type Body<Request extends keyof Bodies> = Open<Bodies[Request]>;

/** What is read of one thing of the document, with its names. */
export type Fields<T> = { readonly [K in keyof T]?: z.ZodType<Open<T[K]> | null | undefined> };

/**
 * A thing of the API: the key of an answer that it stands below, that of a list of such, and what
 * is read of it.
 */
export interface Entity<T> {
  readonly one: string;
  readonly many: string;
  readonly schema: z.ZodType<T>;
}

export const entity = <S extends z.ZodType>(
  one: string,
  many: string,
  schema: S,
): Entity<z.output<S>> => ({ one, many, schema }) as Entity<z.output<S>>;

export const maybeText = z.string().nullish();
export const maybeNumber = z.number().nullish();
export const maybeFlag = z.boolean().nullish();
export const maybeTexts = z.array(z.string()).nullish();
export const maybeNumbers = z.array(z.number()).nullish();

/** What is not as documented, by place. */
const complaint = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");

const parsed = <T>(schema: z.ZodType<T>, value: unknown, what: string): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${what}: the answer is not as documented: ${complaint(result.error)}`);
};

const ANSWER = z.record(z.string(), z.unknown());
const PAGES = z.object({ links: z.object({ pages: z.object({ next: z.unknown() }) }) });

/** The one thing that an answer holds; undefined where it holds none. */
export const parseOne = <T>(
  { one, schema }: Entity<T>,
  answer: unknown,
  what: string,
): T | undefined => {
  const inner = parsed(ANSWER, answer, what)[one];
  return inner === undefined || inner === null ? undefined : parsed(schema, inner, what);
};

/** One page of a list. */
export const parsePage = <T>(
  { many, schema }: Entity<T>,
  answer: unknown,
  what: string,
): { readonly items: readonly T[]; readonly isLast: boolean } => {
  const items = parsed(ANSWER, answer, what)[many] ?? [];
  const pages = PAGES.safeParse(answer);
  return {
    items: parsed(z.array(schema), items, what),
    isLast: !(pages.success && pages.data.links.pages.next),
  };
};
