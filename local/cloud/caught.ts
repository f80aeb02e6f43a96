/** What a caught error says; of Node's own errors `instanceof` is not always true. */
export const messageOf = (error: unknown): string =>
  typeof error === "object" &&
  error !== null &&
  "message" in error &&
  typeof error.message === "string"
    ? error.message
    : String(error);
