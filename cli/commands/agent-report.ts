import type { Context } from "../context";

/** How the agent's work ended; as one event where somebody reads it by program. */
export const report = (
  { json }: Context,
  type: string,
  about: Readonly<Record<string, unknown>>,
  {
    code,
    said,
    complaint,
  }: { readonly code: number; readonly said: string; readonly complaint: string },
): void => {
  process.exitCode = code;
  if (json)
    console.log(
      JSON.stringify({
        type,
        ok: code === 0,
        ...about,
        steps: said.split("\n").filter(Boolean),
        ...(code === 0 ? {} : { error: complaint.trim() }),
      }),
    );
};
