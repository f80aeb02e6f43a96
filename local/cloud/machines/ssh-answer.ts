import { connect } from "node:net";

/** Whether sshd has said its name. Has to run in the router's namespace. */
export const sshAnswersAt = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-")));
  });

/** Resolves with true when sshd has answered, false after the deadline or when `alive` says no. */
export const waitForSsh = async (
  answers: () => Promise<boolean>,
  milliseconds: number,
  alive: () => Promise<boolean>,
): Promise<boolean> => {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    if (await answers()) return true;
    if (!(await alive())) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};
