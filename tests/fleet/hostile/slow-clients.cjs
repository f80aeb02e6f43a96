/**
 * One client that holds slow connections of several kinds until its input ends. Arguments: host,
 * number of connections. Prints "held" once they are begun.
 */
const { connect } = require("node:net");
const { setTimeout: sleep } = require("node:timers/promises");
const tls = require("node:tls");

const [host, count] = process.argv.slice(2);
const head = (line) => `${line} HTTP/1.1\r\nHost: ${host}\r\n`;
const plain = (port) => connect({ host, port });
const secure = (text) => {
  const socket = tls.connect({ host, port: 443, servername: host, rejectUnauthorized: false });
  socket.on("error", () => {}).write(text);
  return socket;
};
const KINDS = [
  function idle() {
    return plain(80);
  },
  function slowHead() {
    const socket = plain(80);
    const dripping = setInterval(() => socket.write("x"), 5000);
    socket.on("close", () => clearInterval(dripping)).write(`${head("GET /")}X-Slow: `);
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
];

const main = async () => {
  for (let index = 0; index < Number(count); index++) {
    KINDS[index % KINDS.length]().on("error", () => {});
    if (index % 50 === 49) await sleep(20);
  }
  console.log("held");
  process.stdin.resume().on("end", () => process.exit(0));
};
void main();
