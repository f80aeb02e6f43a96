import type { ObservatoryConfig } from "@second-server/contract/observatory";

/** The configuration of this moment: a reload puts another one in its place. */
export interface SettingsInForce {
  current(): ObservatoryConfig;
  replace(next: ObservatoryConfig): void;
}

export const createSettings = (config: ObservatoryConfig): SettingsInForce => {
  let current = config;
  return {
    current: () => current,
    replace: (next) => {
      current = next;
    },
  };
};
