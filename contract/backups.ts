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
  /**
   * Where each item of the fleet's data lies in a backup: what is not here any more has been taken
   * out on purpose.
   */
  readonly items?: readonly string[];
  /**
   * What one backup may hold in all, and by services' names; where nothing is said it follows from
   * the last one.
   */
  readonly quota?: {
    readonly bytes?: number;
    readonly services?: Readonly<Record<string, number>>;
  };
}

/**
 * /var/lib/fleet-backups/status.json on the watcher: how backups stand, for the Observatory.
 * Instants are ISO.
 */
export interface BackupStatus {
  /** How the last pull ended, and when it began. */
  readonly ok?: boolean;
  readonly at?: string;
  readonly error?: string;
  /**
   * What has to be told at once, whatever the newest good backup's age: items that failed, a backup
   * that is doubtful or was refused.
   */
  readonly problems?: readonly string[];
  /** The newest good backup, and when it was prepared. */
  readonly newest?: string;
  readonly newestVerifiedAt?: string;
  readonly files?: number;
  readonly bytes?: number;
  readonly seconds?: number;
  /** When a backup last went back to a fresh primary and was found whole there. */
  readonly lastRestoreAt?: string;
  readonly repository?: RepositoryStatus;
  /** How the last copy of the Observatory's own history to the primary ended. */
  readonly history?: RepositoryWork;
}

/**
 * /run/fleet-live/status.json on the watcher: how the live copies stand. Instants are
 * ISO.
 */
export interface LiveStatus {
  /** When the primary last answered. While nothing changes it does so every few minutes. */
  readonly askedAt?: string;
  /** When the newest copy came. */
  readonly at?: string;
  /** What the newest copy lacks, or what speaks against it. */
  readonly problems?: readonly string[];
  /** Since when nothing was answered or fetched, and what was said of it last. */
  readonly failingSince?: string;
  readonly error?: string;
}

/** How the last of one kind of work on the repository ended. Instants are ISO. */
export interface RepositoryWork {
  /** When it last ended well. */
  readonly at?: string;
  /** Why it has not, since. */
  readonly error?: string;
}

/** The encrypted repository on the watcher, in the same file. */
export interface RepositoryStatus {
  /** When it was made: what is due is counted from there. */
  readonly since?: string;
  readonly taken?: RepositoryWork;
  readonly checked?: RepositoryWork;
  /** That the newest backup comes out of it whole. */
  readonly tested?: RepositoryWork;
  /** Since when that is done: an agent of before did not. */
  readonly testsSince?: string;
  readonly backups?: number;
  readonly newest?: string;
  /** What it takes on the disk. */
  readonly bytes?: number;
  /** Of each service that a backup in it has data of, also of one that is gone. */
  readonly services?: Readonly<Record<string, KeptService>>;
}

/** The backups that have data of a service. */
export interface KeptService {
  readonly backups: number;
  /** The newest of them. */
  readonly newest: string;
  /**
   * When the last of them is let go by `keep`, if no later backup has the service; absent where
   * that is no matter of time: a doubtful one goes when another such comes.
   */
  readonly until?: string;
}

/** What a primary still has of a service that its release has not: in bytes, where that is known. */
export interface LeftData {
  readonly service: string;
  readonly bytes?: number;
}

/**
 * The third place, where a copy of the repository is kept: any backend of restic's. The watcher is
 * handed it as one secret.
 */
export interface OffsitePlace {
  /** As restic has it, without what it asks for: "s3:https://…", "rest:https://…", "sftp://…". */
  readonly address: string;
  /** S3's access key, or REST's user. */
  readonly user?: string;
  /** S3's secret key, REST's password, or SFTP's private key. */
  readonly secret?: string;
  /** SFTP's, known beforehand: "ssh-ed25519 AAAA…". */
  readonly hostKey?: string;
  /** Nothing may be deleted there by the watcher: what is too old is let go by somebody else. */
  readonly appendOnly?: boolean;
}

/** /var/lib/fleet-offsite/status.json on the watcher: how the copy there stands. Instants are ISO. */
export interface OffsiteStatus {
  readonly address?: string;
  /** When the work there began: what is due is counted from then. */
  readonly since?: string;
  readonly copied?: RepositoryWork;
  readonly checked?: RepositoryWork;
  /** What is there, in the order in which it was taken. */
  readonly ids?: readonly string[];
  /** When the newest of them was prepared. */
  readonly newestAt?: string;
}

/** One backup, as `fleet-agent backup list --json` tells of it. */
export interface ListedBackup {
  readonly id: string;
  readonly at: string;
  readonly files: number;
  readonly bytes: number;
  readonly release: string;
  /** Why it is not restored without being asked for. */
  readonly doubts?: readonly string[];
  /** Items that are not in it, and why. */
  readonly failed?: readonly string[];
  /** Its description can't be read. */
  readonly damaged?: string;
  /** Where it is. */
  readonly in?: readonly ("folder" | "repository" | "offsite")[];
}

/** What the owner agrees to, beyond what is restored without asking. */
export interface RestoreAgreement {
  /** Doubtful backups too. */
  readonly doubtful?: boolean;
  /** What is whole, although an item is not. */
  readonly partial?: boolean;
  /** Backups that were taken until then alone: an ISO instant. */
  readonly before?: string;
  /**
   * Somebody else has had the machine that they are of: data alone comes back, and what was signed
   * for it is revoked.
   */
  readonly compromised?: boolean;
}

/** How command lines say it. */
export const AGREEMENT_FLAGS: Readonly<Record<keyof RestoreAgreement, string>> = {
  partial: "--partial",
  doubtful: "--doubtful",
  before: "--before",
  compromised: "--compromised",
};
export const agreementFlags = ({
  partial,
  doubtful,
  before,
  compromised,
}: RestoreAgreement): readonly string[] => [
  ...(partial ? [AGREEMENT_FLAGS.partial] : []),
  ...(doubtful ? [AGREEMENT_FLAGS.doubtful] : []),
  ...(before === undefined ? [] : [AGREEMENT_FLAGS.before, before]),
  ...(compromised ? [AGREEMENT_FLAGS.compromised] : []),
];
const instantAfter = (words: readonly string[]): string | undefined => {
  const place = words.indexOf(AGREEMENT_FLAGS.before);
  if (place < 0) return undefined;
  const at = Date.parse(words[place + 1] ?? "");
  if (Number.isNaN(at)) throw new Error(`${AGREEMENT_FLAGS.before} needs an instant`);
  return new Date(at).toISOString();
};
/** What is said; what is not said takes nothing back that was agreed to before. */
export const agreementIn = (words: readonly string[]): RestoreAgreement => {
  const before = instantAfter(words);
  return {
    ...(words.includes(AGREEMENT_FLAGS.doubtful) && { doubtful: true }),
    ...(words.includes(AGREEMENT_FLAGS.partial) && { partial: true }),
    ...(words.includes(AGREEMENT_FLAGS.compromised) && { compromised: true }),
    ...(before !== undefined && { before }),
  };
};

/** One item, and the backup that it would come from. */
export interface PlannedItem {
  readonly item: string;
  readonly id: string;
  readonly at: string;
  /** It comes of a live copy, newer than the newest backup that may be used. */
  readonly live?: true | undefined;
  /** What speaks against that backup, where the owner has agreed to it all the same. */
  readonly doubts?: readonly string[] | undefined;
}

/** What would be restored, as `fleet-agent backup plan --json` tells before anything is touched. */
export interface RestorePlan {
  readonly items: readonly PlannedItem[];
  /** What is wrong with newer backups, or items of them. */
  readonly passedOver: readonly string[];
  /** Items that no backup has whole. */
  readonly lost: readonly string[];
  /**
   * Why nothing is restored as it stands; absent where it can be, or where there is no backup at
   * all.
   */
  readonly refused?: string;
  /** What was signed for the machine before is to be revoked. */
  readonly revokes?: boolean;
}

/** What a restore of some data would change, as `fleet-agent restore --dry-run` tells. */
export interface RestoreDifference {
  readonly comesBack: readonly string[];
  readonly changes: readonly string[];
  readonly goes: readonly string[];
  /** How many files are the same. */
  readonly same: number;
  /** What is there now and can't be compared, and why. */
  readonly unreadable: readonly string[];
}
