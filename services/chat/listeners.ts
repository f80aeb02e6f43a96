import type { SSEStreamingApi } from "hono/streaming";

/** In characters. */
const MOST_UNREAD = 64 * 1024;

interface Listener {
  readonly stream: SSEStreamingApi;
  /** Ends its connection. */
  readonly drop: () => void;
  unread: number;
}

/** Those who hear what is said, each by a stream of events. */
export interface Listeners {
  count(): number;
  /** Resolves when it hears no more. */
  add(stream: SSEStreamingApi, welcome: string, drop: () => void): Promise<void>;
  tell(text: string): void;
}

export const createListeners = (): Listeners => {
  const all = new Set<Listener>();
  const write = (listener: Listener, text: string): void => {
    listener.unread += text.length;
    void listener.stream.write(text).then(() => {
      listener.unread -= text.length;
    });
  };
  return {
    count: () => all.size,
    add: (stream, welcome, drop) =>
      new Promise((resolve) => {
        const listener = { stream, drop, unread: 0 };
        all.add(listener);
        stream.onAbort(() => {
          all.delete(listener);
          resolve();
        });
        write(listener, welcome);
      }),
    tell: (text) => {
      for (const listener of all) {
        // One that does not read any more would have everything that is said kept for it.
        if (listener.unread > MOST_UNREAD) listener.drop();
        else write(listener, text);
      }
    },
  };
};
