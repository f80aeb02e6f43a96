/** Which of the two machines: the one that serves, or the one that watches it. */
export type Role = "primary" | "watcher";
