/**
 * Runs in a network namespace of its own: one client sends requests that are refused, as fast as it
 * can, and a visitor asks meanwhile. Arguments: nginx.conf, host. Prints how many of each kind were
 * answered, by status.
 */
const { spawn } = require("node:child_process");
const { createServer } = require("node:http");
const { request } = require("node:https");
const { connect } = require("node:net");
const { setTimeout: sleep } = require("node:timers/promises");
const tls = require("node:tls");

const [config, host] = process.argv.slice(2);
const CLIENT = "127.0.0.1";

const open = (port, name) => {
  const socket = connect({ host: "127.0.0.9", port, localAddress: CLIENT });
  return port === 80
    ? socket
    : tls.connect({ socket, servername: name, rejectUnauthorized: false });
};

/**
 * Sends one text over and over on one connection, and counts the answers by status until it is
 * closed.
 */
const flood = (port, text, times, counts) =>
  new Promise((resolve) => {
    let rest = "";
    let answers = 0;
    const socket = open(port, host);
    const end = () => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(10_000, end);
    socket
      .on("error", end)
      .on("close", end)
      .on("data", (data) => {
        const lines = (rest + data.toString("latin1")).split("\r\n");
        rest = lines.pop();
        for (const line of lines) {
          const [, status] = /HTTP\/1\.1 (\d{3}) /.exec(line) ?? [];
          if (status === undefined) continue;
          answers += 1;
          counts[status] = (counts[status] ?? 0) + 1;
        }
        if (answers >= times) end();
      })
      .write(text.repeat(times));
  });

/** As many as asked for, over as many connections as it takes. */
const attack = async (port, text, total, each, counts) => {
  let left = total;
  const worker = async () => {
    while (left > 0) {
      const times = Math.min(each, left);
      left -= times;
      const answers = await flood(port, text, times, counts);
      // A connection that is closed without a word is one refusal.
      if (answers === 0) counts.closed = (counts.closed ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
};

const visit = () =>
  new Promise((resolve) =>
    request(
      {
        host: "127.0.0.9",
        localAddress: "127.0.0.2",
        servername: host,
        path: "/a-visitor",
        headers: { host },
        rejectUnauthorized: false,
        agent: false,
      },
      (answer) => answer.resume().on("end", () => resolve(answer.statusCode)),
    )
      .on("error", (error) => resolve(error.message))
      .end(),
  );

const main = async () => {
  const upstream = createServer((_, answer) => answer.end("well")).listen(8080, "127.0.0.1");
  const nginx = spawn("/usr/sbin/nginx", ["-c", config, "-g", "daemon off;"], { stdio: "inherit" });
  for (let left = 50; (await visit()) !== 200 && left > 0; left--) await sleep(100);
  const counts = {};
  const long = `/${"x".repeat(3000)}`;
  await Promise.all([
    attack(443, `GET /${Math.random()} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 60_000, 500, counts),
    attack(80, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 20_000, 500, counts),
  ]);
  await attack(443, `GET ${long} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 10_000, 50, counts);
  await attack(
    80,
    `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9999999999\r\n\r\n`,
    3000,
    1,
    counts,
  );
  await attack(80, "GET / HTTP/1.1\r\nHost: nobody.invalid\r\n\r\n", 4000, 1, counts);
  await attack(80, "NONSENSE\r\n\r\n", 3000, 1, counts);
  const visitor = await visit();
  await sleep(1500);
  console.log(JSON.stringify({ counts, visitor }));
  nginx.kill("SIGKILL");
  process.exit(0);
};
void main();
