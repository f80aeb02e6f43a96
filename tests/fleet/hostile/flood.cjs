/**
 * One client that sends requests which are refused, as fast as it can. Arguments: host, seconds.
 * Prints how many were answered.
 */
const tls = require("node:tls");

const [host, seconds] = process.argv.slice(2);
const BATCH = 100;
const until = Date.now() + Number(seconds) * 1000;
const text = `GET /${"x".repeat(200)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(BATCH);
let answers = 0;

const flood = () =>
  new Promise((resolve) => {
    const socket = tls.connect({ host, port: 443, servername: host, rejectUnauthorized: false });
    const end = () => {
      socket.destroy();
      resolve();
    };
    socket
      .setTimeout(5000, end)
      .on("error", end)
      .on("close", end)
      .on("data", (data) => {
        answers += data.toString("latin1").split("HTTP/1.1 ").length - 1;
      });
    const more = () => {
      if (Date.now() > until) end();
      else socket.write(text, () => setTimeout(more, 5));
    };
    more();
  });

const worker = async () => {
  while (Date.now() < until) await flood();
};
void Promise.all(Array.from({ length: 8 }, worker)).then(() => console.log(answers));
