/** One message to people, for every channel. */
export interface Message {
  readonly kind: "down" | "up" | "note" | "report";
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly url?: string;
}
