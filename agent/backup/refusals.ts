/**
 * What the primary gave is no backup: told at once. A primary that can't be reached is told by the
 * age of the newest backup, so that a restart of it alerts nobody.
 */
export class Refused extends Error {}
/** A backup is kept, and an item is not in it. */
export class Incomplete extends Error {}
