export interface HostProblem {
  readonly problem: string;
  readonly remedy: string;
}
export interface HostReport {
  /** Debian packages that are missing and can be installed. */
  readonly missingPackages: readonly string[];
  /** What no package can mend (not Linux, not root, a kernel feature). */
  readonly problems: readonly HostProblem[];
}
