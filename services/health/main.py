"""A page about the machine itself, and whether its neighbours answer: standard library only.

GET /            the page
GET /api/health  the same as JSON
GET /health      200 while it can read what it reports
"""
import html
import json
import os
import shutil
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVICES_FILE = os.environ.get(
    "SERVICES_FILE", ""
)  # [{"name": "chat", "local": "http://127.0.0.1:20001/health", "status": 200}, …]
FRESH_SECONDS = 10


def memory():
    """Total and available memory in MiB."""
    with open("/proc/meminfo", encoding="ascii") as lines:
        values = {
            key: int(rest.split()[0]) // 1024
            for key, rest in (line.split(":", 1) for line in lines)
        }
    return {"totalMiB": values["MemTotal"], "availableMiB": values["MemAvailable"]}


def machine():
    disk = shutil.disk_usage("/")
    with open("/proc/uptime", encoding="ascii") as file:
        uptime = int(float(file.read().split()[0]))
    return {
        "load": [round(value, 2) for value in os.getloadavg()],
        "memory": memory(),
        "disk": {
            "totalGB": round(disk.total / 1e9, 1),
            "freeGB": round(disk.free / 1e9, 1),
        },
        "uptimeSeconds": uptime,
    }


def ask(entry):
    name, url, status = entry
    began = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return {
                "name": name,
                "ok": answer.status == status,
                "ms": round((time.monotonic() - began) * 1000),
            }
    except urllib.error.HTTPError as error:  # any status but 2xx, which may be the right one
        return {
            "name": name,
            "ok": error.code == status,
            "ms": round((time.monotonic() - began) * 1000),
        }
    except (OSError, ValueError) as error:
        return {"name": name, "ok": False, "error": str(error)[:200]}


class Neighbours:
    """Asked at most every ten seconds, however many visitors look."""

    def __init__(self, path, port):
        self.path, self.port = path, port
        self.lock = threading.Lock()
        self.answers, self.asked = [], -FRESH_SECONDS

    def entries(self):
        """Who else listens here, read afresh: a release may have changed it."""
        try:
            with open(self.path, encoding="utf-8") as file:
                listed = json.load(file)
        except (OSError, ValueError):
            return []
        return [
            (one["name"], one["local"], one["status"])
            for one in listed
            if "local" in one and f":{self.port}/" not in one["local"]
        ]

    def look(self):
        with self.lock:
            if time.monotonic() - self.asked > FRESH_SECONDS:
                with ThreadPoolExecutor(max_workers=4) as pool:
                    self.answers = list(pool.map(ask, self.entries()))
                self.asked = time.monotonic()
            return self.answers


def page(report):
    rows = "".join(
        f"<li>{'✓' if one['ok'] else '✕'} {html.escape(one['name'])} {html.escape(one.get('error', '') or str(one.get('ms', '')) + ' ms')}</li>"
        for one in report["neighbours"]
    )
    facts = html.escape(json.dumps(report["machine"], indent=2))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Health</title>
<link rel="icon" href="data:,"><style>:root{{color-scheme:light dark}}body{{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif}}pre{{border:1px solid #8886;padding:.75rem;overflow-wrap:anywhere;white-space:pre-wrap}}</style></head>
<body><h1>Health</h1><ul>{rows}</ul><pre>{facts}</pre></body></html>"""


class Handler(BaseHTTPRequestHandler):
    neighbours = Neighbours(SERVICES_FILE, os.environ.get("PORT", ""))
    timeout = 15

    def report(self):
        return {"machine": machine(), "neighbours": self.neighbours.look()}

    def send(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):  # the name is given by http.server
        path = self.path.split("?", 1)[0]
        if path == "/":
            self.send(200, "text/html; charset=utf-8", page(self.report()))
        elif path == "/api/health":
            self.send(200, "application/json", json.dumps(self.report()) + "\n")
        elif path == "/health":
            self.send(
                200,
                "application/json",
                json.dumps({"ok": memory()["totalMiB"] > 0}) + "\n",
            )
        else:
            self.send(
                404,
                "application/json",
                json.dumps({"error": f"nothing at {path}"}) + "\n",
            )

    do_HEAD = do_GET

    def log_message(self, format, *args):  # the proxy in front keeps the access log
        pass


def main():
    port = os.environ.get("PORT", "")
    if not port.isdigit():
        sys.exit("health: PORT is not set; it has to be the port to listen on")
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"health: on 127.0.0.1:{port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
