/**
 * Runs in a network namespace of its own: one client (127.0.0.1) holds slow connections of every
 * kind, and another (127.0.0.2) asks as a visitor does. Arguments: nginx.conf, host, number of
 * connections, and "overdue" to wait until heads are. Prints what became of it.
 */
const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const http2 = require("node:http2");
const { request } = require("node:https");
const { connect } = require("node:net");
const { setTimeout: sleep } = require("node:timers/promises");
const tls = require("node:tls");

const [config, host, count, wait] = process.argv.slice(2);
const VISITS = 50;
const BIG = Buffer.alloc(5_000_000);

const ask = (localAddress) =>
  new Promise((resolve) => {
    const begun = performance.now();
    const end = (status) => resolve({ status, ms: performance.now() - begun });
    const asked = request(
      {
        host: "127.0.0.9",
        localAddress,
        servername: host,
        headers: { host },
        rejectUnauthorized: false,
        agent: false,
        timeout: 10_000,
      },
      (answer) => answer.resume().on("end", () => end(answer.statusCode)),
    );
    asked
      .on("timeout", () => asked.destroy(new Error("timeout")))
      .on("error", (error) => end(error.message))
      .end();
  });

const plain = (port) => connect({ host: "127.0.0.9", port, localAddress: "127.0.0.1" });
const handshake = (more) =>
  tls
    .connect({ socket: plain(443), servername: host, rejectUnauthorized: false, ...more })
    .on("error", () => {});
const secure = (text) => {
  const socket = handshake({});
  socket.write(text);
  return socket;
};
const head = (line) => `${line} HTTP/1.1\r\nHost: ${host}\r\n`;
const KINDS = [
  function idle() {
    return plain(80);
  },
  function slowHead() {
    const socket = plain(80);
    socket.write("GET / HTTP/1.1\r\nHost: ");
    return socket;
  },
  function endlessHandshake() {
    const socket = plain(443);
    socket.write(Buffer.from([22, 3, 1, 1, 0, 1]));
    return socket;
  },
  function slowBody() {
    return secure(`${head("POST /")}Content-Length: 100000\r\n\r\nx`);
  },
  function slowReader() {
    return secure(`${head("GET /big")}\r\n`).pause();
  },
  /**
   * As many streams as it may have, none of which ends. Where the nginx of this host has no HTTP/2,
   * the connection is refused.
   */
  function endlessStreams() {
    const socket = handshake({ ALPNProtocols: ["h2"] });
    const session = http2.connect(`https://${host}`, { createConnection: () => socket });
    session.on("error", () => {});
    for (let left = 60; left > 0; left--)
      session.request({ ":method": "POST" }, { endStream: false }).on("error", () => {});
    return socket;
  },
];

/**
 * Connections of the slow client that the server has: what it has closed or refused, its own end
 * may not have noticed.
 */
const established = () =>
  readFileSync("/proc/self/net/tcp", "latin1")
    .split("\n")
    .filter((line) => /^ *\d+: 0900007F:\w+ 0100007F:\w+ 01 /.test(line)).length;

const main = async () => {
  const upstream = createServer((asked, answer) =>
    answer.end(asked.url === "/big" ? BIG : "well"),
  ).listen(8080, "127.0.0.1");
  const nginx = spawn("/usr/sbin/nginx", ["-c", config, "-g", "daemon off;"], { stdio: "inherit" });
  for (let left = 50; (await ask("127.0.0.2")).status !== 200 && left > 0; left--) await sleep(100);

  const before = [];
  for (let left = VISITS; left > 0; left--) before.push(await ask("127.0.0.2"));
  const sockets = [];
  for (let index = 0; index < Number(count); index++) {
    sockets.push(KINDS[index % KINDS.length]().on("error", () => {}));
    // This program is the other client too: it must not be busy with its own handshakes.
    if (index % 50 === 49) await sleep(50);
  }
  await sleep(2000);
  const held = established();
  const answers = [];
  for (let left = VISITS; left > 0; left--) answers.push(await ask("127.0.0.2"));
  // Heads that do not come have a deadline, whoever sends them.
  if (wait === "overdue") await sleep(11_000);
  const patient = sockets.filter(
    ({ destroyed }, index) => !destroyed && index % KINDS.length < 3,
  ).length;
  console.log(JSON.stringify({ before, answers, held, patient }));
  nginx.kill("SIGKILL");
  upstream.close();
  process.exit(0);
};
void main();
