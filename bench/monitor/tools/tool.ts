export interface Setting {
  readonly folder: string;
  readonly count: number;
  readonly seconds: number;
  readonly port: number;
  readonly smtp: number;
  readonly listen: number;
  /** The tool's own folder of the target, and its mailbox. */ readonly box: string;
}
export interface Tool {
  readonly name: string;
  /** Why it can't run here. */
  missing(): string | undefined;
  /** Writes what it needs. @returns how to start it, and the folder in which it stores. */
  prepare(setting: Setting): {
    readonly argv: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly stores: string;
  };
  /** What is done once it answers. */
  fill?(setting: Setting): Promise<void>;
}

export const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1);
