/** The two machines: the one that serves, and the one that watches it. */
export const ROLES = ["primary", "watcher"] as const;
export type Role = (typeof ROLES)[number];
export const isRole = (name: string): name is Role => ROLES.some((role) => role === name);
