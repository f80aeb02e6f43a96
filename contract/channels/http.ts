import type { ChannelAnswer, ChannelRequest } from "./channel";

/** What is posted as JSON. */
export const postJson = (
  url: string,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ChannelRequest => ({
  method: "POST",
  url,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});

/** What the services' JSON answers say, as far as they are any. */
export interface JsonAnswer {
  readonly ok?: boolean;
  readonly description?: string;
  readonly message?: string;
  readonly error?: unknown;
  readonly retry_after?: number;
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

export const jsonAnswer = (body: string): JsonAnswer => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value ? value : {};
  } catch {
    return {};
  }
};

export const isSuccess = ({ status }: ChannelAnswer): boolean => status >= 200 && status <= 299;
