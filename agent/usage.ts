/** What `fleet-agent` says of itself. */
export const USAGE = `usage: fleet-agent COMMAND
  identity < JSON            take this machine's keys, peer and secrets (sent by \`up\`)
  apply SHA [--ready] [--repair]
                             make a copied release the one in force, or go back and say why; --ready: only install what it
                             needs, and leave what runs as it is; --repair: place folders anew that were changed by hand
  rollback [SERVICE [RELEASE]]
                             go back to the release before; of one service to the one before, or to that one
  deploy SHA SERVICE < BUNDLE
                             bring one service's new version (./fleet deploy), or say why not
  push SERVICE COMMIT WHO < TAR
                             bring one service as git brought it: asked by the receiving end of \`git push\`
  restart SERVICE            end its process and begin it again, without a request lost where it can
  releases [SERVICE] [--json]
                             the releases of each service that are kept
  history [SERVICE] [--json] what was done, and by whom
  close SERVICE, open SERVICE
                             show its visitors that it is being worked on; let them in again
  exec SERVICE -- COMMAND    run a command as the service: its user, its limits, its environment
  freeze SECONDS             on the primary: stop what has data and let visitors wait, for so long at most
  thaw                       lift that
  hand-on ADDRESS            what is frozen goes on at another primary, which has all that was written: visitors are passed
                             on to it, and nothing is started here any more; handed-on says to which
  forget SERVICE [--dry-run] on the primary: delete what a service that is no longer in fleet.yaml has left here, for good;
                             --dry-run: only say, as JSON, what there is
  aftercare                  started by apply: goes back from a version that ends within its first minute
  drift [--json]             what was changed by hand since; apply the same release to put it right
  status [--json]            what is in force and whether it runs
  backup prepare             on the primary: make consistent copies for the watcher
  backup pull                on the watcher: fetch, verify and keep one backup of the primary
  backup upkeep              on the watcher, daily: check the repository, reading a share of it, and prune it; each week \`test\`
  backup test                on the watcher: restore the newest backup of the repository into a place of its own, compare
                             every file, and have SQLite look at every database in it
  backup offsite             on the watcher, daily: copy the repository to the third place, let go there what is too old, and
                             check a share of it
  backup send-history        on the watcher, after each pull: a sealed copy of the Observatory's history to the primary
  backup bring-history       on the watcher: put the newest such copy in place of the history that is there, which is kept
                             beside it (a new watcher's first release does that by itself)
  backup list [--json]       on the watcher: what there is, in folders and in the repository
  backup show [ID] [--json]  on the watcher: what is in one backup (the newest)
  backup diff ID [ID] [--json]
                             on the watcher: what the second (the newest) has otherwise than the first
  backup accept [ID]         on the watcher: a doubtful backup (the newest) counts as good from now on
  backup forget SERVICE [--dry-run]
                             on the watcher: take the data of a service that is no longer in fleet.yaml out of every backup, for
                             good; --dry-run: only say, as JSON, how many have it
  backup let-go [--hourly N] [--daily N] [--weekly N]
                             on the watcher: let old backups go at once, by the policy or fewer; needs no free space
  backup plan [--partial] [--doubtful] [--before TIME] [--compromised] [--agree] [--json]
                             on the watcher: what a fresh primary would get; --before: of backups until then; --compromised:
                             data alone, for a primary that somebody else has had; --agree: let the next restore have it so
  backup verify [ID]         on the watcher: check every file of one backup, or of all, and every byte of the repository
  backup export [ID | --at TIME] [--path PATH]... [--doubtful] [--databases]
                             on the watcher: one backup (the newest good one), or paths of it, as a tar on standard output;
                             as of a moment of live copies too, where all that is wanted is databases (--databases: it is)
  backup restore-to-peer [--partial] [--doubtful]
                             on the watcher: give a fresh primary of each item the newest whole copy; refuses when an
                             item has none, unless --partial; doubtful backups are passed over, unless --doubtful
  restore [SERVICE] [--only PATH] [--table NAME] [--dry-run] < TAR
                             on a primary in service: put the data of a backup back, or an item, file or table of the service;
                             visitors are let in again once it is healthy with it, else its own data comes back;
                             --dry-run: only say, as JSON, what would change
  restore [SERVICE] --undo   on a primary in service: put back what the last restore replaced
  peer COMMAND               for the other machine's key only
exit codes: 0 done, 1 refused or failed (the reason is on standard error), 2 wrong usage`;
