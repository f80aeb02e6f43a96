import type { OffsitePlace } from "@second-server/contract/backups";

/** What has to be on paper, outside of both machines and of this one. */
export interface RecoveryKit {
  readonly stack: string;
  readonly fleet: string;
  readonly domain: string;
  /** Where the state is now; it is not on the machines. */
  readonly state: string;
  readonly passphrase: string;
  readonly thirdPlace?: OffsitePlace;
  readonly repositoryPassword: string;
  /** Of Pulumi.<stack>.yaml, without secrets. */
  readonly settings: Readonly<Record<string, string>>;
  /** Which secrets were set: their values are the owner's to keep, but for those of the backups. */
  readonly secrets: readonly string[];
  readonly made: string;
}

const stackWords = (stack: string): string => (stack === "local" ? "" : ` --stack ${stack}`);

/** With what the environment of a shell is told, so that restic alone is enough. */
export const resticWords = (place: OffsitePlace, repositoryPassword: string): readonly string[] => {
  const { address, user = "", secret = "" } = place;
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const password = `export RESTIC_PASSWORD=${quoted(repositoryPassword)}`;
  if (address.startsWith("s3:"))
    return [
      `export RESTIC_REPOSITORY=${quoted(address)} AWS_ACCESS_KEY_ID=${quoted(user)} AWS_SECRET_ACCESS_KEY=${quoted(secret)}`,
      password,
    ];
  if (address.startsWith("sftp:"))
    return [
      `export RESTIC_REPOSITORY=${quoted(address)}   # with the key below in ~/.ssh/id_ed25519`,
      password,
    ];
  const withUser =
    place.user === undefined
      ? address
      : address.replace("://", `://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@`);
  return [`export RESTIC_REPOSITORY=${quoted(withUser)}`, password];
};

const LINE = "-".repeat(78);

const section = (title: string, lines: readonly string[]): readonly string[] => [
  "",
  title,
  ...lines.map((line) => `  ${line}`),
];

/** A key has several lines. */
const secretLines = (secret: string): readonly string[] => {
  const lines = secret.trimEnd().split("\n");
  return lines.length === 1 ? [`secret    ${lines[0] ?? ""}`] : ["secret", ...lines];
};

const placeLines = ({ thirdPlace }: RecoveryKit): readonly string[] => {
  if (thirdPlace === undefined)
    return ["none: what is lost with both machines is lost. Name one: docs/backups.md"];
  const { address, user, secret, hostKey } = thirdPlace;
  return [
    `address   ${address}`,
    ...(user === undefined ? [] : [`user      ${user}`]),
    ...(hostKey === undefined ? [] : [`host key  ${hostKey}`]),
    ...(secret === undefined ? [] : secretLines(secret)),
  ];
};

const commandLines = ({
  stack,
  thirdPlace,
  repositoryPassword,
}: RecoveryKit): readonly string[] => [
  `With the state's folder (or a copy of it): clone the project, give it Pulumi.${stack}.yaml with what is above, then`,
  "  export PULUMI_CONFIG_PASSPHRASE=…",
  `  ./fleet recover --from-repository${stackWords(stack)} --state FOLDER`,
  ...(thirdPlace === undefined
    ? []
    : [
        "Without the state, where nothing of the old fleet is left at DigitalOcean (another account, or all deleted): the",
        "same, with settings and secrets anew, and this before it:",
        `  ./fleet secret set repository-password${stackWords(stack)}`,
        "The data alone, on any machine, by restic:",
        ...resticWords(thirdPlace, repositoryPassword).map((line) => `  ${line}`),
        "  restic snapshots; restic restore SNAPSHOT --target FOLDER",
      ]),
];

/** As it is printed, and put where no machine is. */
export const kitText = (kit: RecoveryKit): string =>
  [
    LINE,
    `RECOVERY KIT of the fleet ${kit.fleet} at ${kit.domain}, stack ${kit.stack}, of ${kit.made}`,
    "Who has this has the data. Keep it on paper, where neither a machine nor this computer is.",
    LINE,
    ...section("The third place of the backups", placeLines(kit)),
    ...section("What opens the backups (repository-password)", [kit.repositoryPassword]),
    ...section("What opens the state (PULUMI_CONFIG_PASSPHRASE)", [kit.passphrase]),
    ...section("Where the state is (keep a copy of it elsewhere)", [kit.state]),
    ...section(
      `Pulumi.${kit.stack}.yaml`,
      Object.entries(kit.settings).map(([name, value]) => `second-server:${name}: ${value}`),
    ),
    ...section(
      "Secrets that were set besides, and are not on this paper",
      kit.secrets.length === 0 ? ["none"] : [kit.secrets.join(", ")],
    ),
    ...section("How both machines come back", commandLines(kit)),
    LINE,
  ].join("\n");
