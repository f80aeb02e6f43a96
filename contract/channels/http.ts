import type { ChannelAnswer, ChannelDefinition, Delivery, HttpDispatch } from "./channel";
import type { Message } from "./message";

/** A channel that is a request to a service: its dispatch in parts. */
interface HttpChannel<Fields> extends Omit<ChannelDefinition<Fields>, "dispatch"> {
  readonly request: (
    fields: Fields,
    message: Message,
    delivery: Delivery,
  ) => HttpDispatch["request"];
  readonly isDelivered: HttpDispatch["isDelivered"];
  readonly remedy?: HttpDispatch["remedy"];
}

export const overHttp = <Fields>({
  request,
  isDelivered,
  remedy,
  ...rest
}: HttpChannel<Fields>): ChannelDefinition<Fields> => ({
  ...rest,
  dispatch: (fields, message, delivery) => ({
    protocol: "http",
    request: request(fields, message, delivery),
    isDelivered,
    ...(remedy === undefined ? {} : { remedy }),
  }),
});

/** What is posted as JSON. */
export const postJson = (
  url: string,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpDispatch["request"] => ({
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
