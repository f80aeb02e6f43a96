/** What the user wants to see of an operation. */
export interface DisplayOptions {
  readonly stack: string;
  readonly project: string;
  readonly diff: boolean;
  readonly showSecrets: boolean;
  readonly showSames: boolean;
  readonly showReads: boolean;
  readonly showReplacementSteps: boolean;
  readonly showConfig: boolean;
  readonly showFull: boolean;
  readonly suppressOutputs: boolean;
  readonly suppressProgress: boolean;
}
/** "update" may be a preview of one. */
export type Action = "update" | "refresh" | "destroy" | "import";

export const TITLES: Readonly<Record<Action, string>> = {
  update: "Updating",
  refresh: "Refreshing",
  destroy: "Destroying",
  import: "Importing",
};
export const PROGRESS: Readonly<Record<Action, string>> = {
  update: "updating",
  refresh: "refreshing",
  destroy: "destroying",
  import: "importing",
};
