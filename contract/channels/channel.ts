import type { Message } from "./message";

/** A value that fleet.yaml gives. */
export interface ChannelOption {
  /** Its key there. A channel's first key is the channel's own name: { ntfy: URL }. */
  readonly key: string;
  readonly is: "url" | RegExp;
  /** What stands for it in messages, e.g. "URL". */
  readonly shownAs: string;
}

/** A secret of the stack; the channel is told the file that holds it. */
export interface ChannelSecret {
  /** As `./fleet secret set` knows it. */
  readonly name: string;
  /** The channel goes without it where it is not set. */
  readonly isOptional?: boolean;
}

export interface ChannelRequest {
  readonly method: "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface ChannelAnswer {
  readonly status: number;
  readonly body: string;
}

/** What a request is made with besides the channel's fields. */
export interface Delivery {
  /** The same for each try, so that receivers can tell a repetition. */
  readonly id: string;
  /** What a secret's file holds. Read at each use, so that a changed one counts at once. */
  readonly secretIn: (file: string) => string;
}

/** All that there is to say of one channel; `Fields` is what the machines' files say of it. */
export interface ChannelDefinition<Fields> {
  /** The fields that come from fleet.yaml; where there are none, the channel's name alone stands there. */
  readonly options: { readonly [Field in keyof Fields]?: ChannelOption };
  /** The fields that name a secret's file. */
  readonly secrets: { readonly [Field in keyof Fields]?: ChannelSecret };
  /** What it is called where people read it: nothing secret may stand in it. */
  readonly label: (fields: Fields) => string;
  /** The request that hands a message over. */
  readonly request: (fields: Fields, message: Message, delivery: Delivery) => ChannelRequest;
  /** Whether the answer says that the message was taken: a page of something in between answers 200 as well. */
  readonly isDelivered: (answer: ChannelAnswer) => boolean;
  /** What an answer asks the operator to change, where the channel has such answers of its own. */
  readonly remedy?: (answer: ChannelAnswer) => string | undefined;
}
