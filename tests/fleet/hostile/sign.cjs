/**
 * On the primary, as root: signs messages with the key that a primary has, and sends them to the
 * Observatory. Arguments: the watchdog's settings, the messages as JSON. Prints each one's status.
 */
const { createHmac } = require("node:crypto");
const { readFileSync } = require("node:fs");

const [settings, messages] = process.argv.slice(2);
const { url, keyFile } = JSON.parse(readFileSync(settings, "utf8")).report;
const key = readFileSync(keyFile, "utf8").trim();

const send = async (message) => {
  const body = JSON.stringify({ ...message, at: Date.now() });
  const answer = await fetch(new URL("/control", url), {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-signature": createHmac("sha256", key).update(body).digest("base64url"),
    },
  });
  return [answer.status, await answer.text()];
};

const main = async () => {
  const answers = [];
  for (const message of JSON.parse(messages)) answers.push(await send(message));
  console.log(JSON.stringify(answers));
};
void main();
