import { EngineError } from "../errors";
import { passphrase } from "../project/stack-config";
import { type Backend, openBackend } from "../state/backend";
import { checkpointCodec, parseCheckpoint } from "../state/checkpoint";
import { openSecrets, type SecretsManager } from "../state/secrets";
import { STACK_TYPE } from "../urn";
import type { Props } from "../values/value";

/** "stack", "organization/stack", "organization/project/stack". */
const parse = (reference: string, project: string): { project: string; stack: string } => {
  const [first = "", second, ...others] = reference.split("/");
  if (second !== undefined && first !== "organization")
    throw new EngineError(
      `stack reference '${reference}': organization name must be 'organization'`,
    );
  if (second !== undefined && others.length > 0)
    return { project: second, stack: others.join("/") };
  return { project, stack: second ?? first };
};

/** A stack that another passphrase locks keeps its secrets: they come without content. */
const sealed = (salt: string): SecretsManager => ({
  salt,
  encrypt: () => "",
  decrypt: () => "null",
});

/**
 * The outputs of another stack of the same backend, as StackReference wants them. `elided`: told
 * when its secrets can't be opened.
 */
export const readOtherStack =
  (backend: Backend, project: string, elided: (name: string) => void) =>
  async (name: string): Promise<Props> => {
    const { project: other, stack } = parse(name, project);
    const { stackFile, read } = await openBackend(backend.url, other, stack);
    const text = await read();
    if (text === undefined) throw new EngineError(`unknown stack "${name}"`);
    const checkpoint = parseCheckpoint(text, stackFile);
    const salt = checkpoint.checkpoint.latest?.secrets_providers?.state?.salt;
    const secrets =
      salt === undefined
        ? sealed("")
        : await openSecrets(salt, await passphrase()).catch((error: unknown) => {
            if (!(error instanceof EngineError)) throw error;
            elided(name);
            return sealed(salt);
          });
    const { resources } = checkpointCodec(name, secrets, stackFile).decode(checkpoint);
    return resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  };
