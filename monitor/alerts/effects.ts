import type { CheckState } from "./check-state";
import type { EventKind, Incident } from "./incident";
import type { Message } from "./messages";

/** What has to outlive a restart. */
export type AlertRecord =
  | { readonly record: "state"; readonly id: string; readonly state: CheckState }
  | { readonly record: "incident"; readonly incident: Incident }
  | {
      readonly record: "event";
      readonly incident: number;
      readonly at: number;
      readonly event: EventKind;
      readonly text: string;
    };

/** What a step of alerting wants done. It is data: the step itself does nothing. */
export type Effect =
  | { readonly kind: "send"; readonly message: Message }
  | ({ readonly kind: "write" } & AlertRecord)
  /** These checks should run now. */
  | { readonly kind: "hurry"; readonly checks: readonly string[] }
  | { readonly kind: "log"; readonly line: string };
