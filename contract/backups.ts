/** How many backups are kept of each age. */
export interface BackupKeep {
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
}

/** What the manifest's backups.keep is where it says nothing. */
export const DEFAULT_BACKUP_KEEP: BackupKeep = { hourly: 24, daily: 7, weekly: 4 };

/** /etc/fleet/backup.json on the watcher. */
export interface BackupPolicy {
  readonly keep: BackupKeep;
  readonly everyMinutes: number;
}

/** /var/lib/fleet-backups/status.json on the watcher: how backups stand, for the Observatory. Instants are ISO. */
export interface BackupStatus {
  /** How the last pull ended, and when it began. */
  readonly ok?: boolean;
  readonly at?: string;
  readonly error?: string;
  /** The newest good backup, and when it was prepared. */
  readonly newest?: string;
  readonly newestVerifiedAt?: string;
  readonly files?: number;
  readonly bytes?: number;
  readonly seconds?: number;
  /** When a backup last went back to a fresh primary and was found whole there. */
  readonly lastRestoreAt?: string;
}

/** One backup, as `fleet-agent backup list --json` tells of it. */
export interface ListedBackup {
  readonly id: string;
  readonly at: string;
  readonly files: number;
  readonly bytes: number;
  readonly release: string;
}
