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

/** What a message is handed over with besides the channel's fields. */
export interface Delivery {
  /** The same for each try, so that receivers can tell a repetition. */
  readonly id: string;
  /** When the message was written, in ms since the epoch. */
  readonly created: number;
  /** What a secret's file holds. Read at each use, so that a changed one counts at once. */
  readonly secretIn: (file: string) => string;
}

export interface ChannelAnswer {
  readonly status: number;
  readonly body: string;
}

/** A message as a request to a service, and how its answer is read. */
export interface HttpDispatch {
  readonly protocol: "http";
  readonly request: {
    readonly method: "POST" | "PUT";
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /**
   * Whether the answer says that the message was taken: a page of something in between answers 200
   * as well.
   */
  readonly isDelivered: (answer: ChannelAnswer) => boolean;
  /** What an answer asks the operator to change, where the channel has such answers of its own. */
  readonly remedy?: (answer: ChannelAnswer) => string | undefined;
}

/** A message as a mail, and the relay that takes it: what counts as delivered is SMTP's own. */
export interface SmtpDispatch {
  readonly protocol: "smtp";
  readonly relay: {
    readonly host: string;
    readonly port: number;
    readonly tls: "starttls" | "implicit" | "none";
    readonly login?: { readonly user: string; readonly password: string };
  };
  readonly mail: {
    readonly from: string;
    readonly to: readonly string[];
    readonly subject: string;
    readonly text: string;
    readonly html: string;
    readonly date: Date;
    readonly messageId: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** How a relay is spoken with, as nodemailer takes it; a step that takes longer is given up. */
export const smtpOptions = ({ host, port, tls, login }: SmtpDispatch["relay"]) => ({
  host,
  port,
  secure: tls === "implicit",
  ignoreTLS: tls === "none",
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000,
  // A password is never sent in the clear because someone in between has hidden the relay's
  // STARTTLS.
  requireTLS: login !== undefined && tls !== "none",
  ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
});

/** All that there is to say of one channel; `Fields` is what the machines' files say of it. */
export interface ChannelDefinition<Fields> {
  /** "stack": it is always there, and the stack's settings give its options. @default "manifest" */
  readonly configuredBy?: "manifest" | "stack";
  /**
   * The fields that come from fleet.yaml; where there are none, the channel's name alone stands
   * there.
   */
  readonly options: { readonly [Field in keyof Fields]?: ChannelOption };
  /** The fields that name a secret's file. */
  readonly secrets: { readonly [Field in keyof Fields]?: ChannelSecret };
  /** What it is called where people read it: nothing secret may stand in it. */
  readonly label: (fields: Fields) => string;
  /** What hands a message over. */
  readonly dispatch: (
    fields: Fields,
    message: Message,
    delivery: Delivery,
  ) => HttpDispatch | SmtpDispatch;
}
