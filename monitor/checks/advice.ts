import type { Check } from "@second-server/contract/check-settings";

/** Something to do, and the command for it. */
export interface Step {
  readonly say: string;
  readonly run?: string;
}

/** What someone who was woken has to know besides the error. */
export interface Advice {
  /** Goes on with ": <error>". */
  readonly wrong: string;
  readonly affects: string;
  readonly steps: readonly Step[];
}

export type Machine = NonNullable<Check["machine"]>;
export const onMachine = (machine: Machine, command: string): string =>
  `./fleet ssh ${machine} -- ${command}`;
export const logs = (machine: Machine, unit: string): string => `./fleet logs ${machine} ${unit}`;
export const runbook = (name: string): Step => ({ say: `More: docs/runbooks/${name}.md` });

/** Of what stands for itself only. */
export const lookAt = (id: string, target: string): Advice => ({
  wrong: `${id} fails`,
  affects: `whoever uses ${target}.`,
  steps: [{ say: `Look at ${target} itself: nothing of the fleet that it stands on has failed.` }],
});

/** As people write it: with its port where one is named. */
export const place = (host: string, port?: number): string =>
  port === undefined ? host : `${host}:${port}`;
