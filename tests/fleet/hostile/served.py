"""On a primary that somebody has taken over: what it has ready for the watcher's pull, one folder a
kind. Argument: the version of the backups' format.
"""
import hashlib
import json
import os
import stat
import sys
import time

ROOT, VERSION = "/var/lib/hostile", int(sys.argv[1])


def told(path, content=b"word", **more):
    return {
        "path": path,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        **more,
    }


def put(folder, path, content=b"word", mode=0o644):
    full = f"{folder}/{path}"
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(content)
    os.chmod(full, mode)
    return told(path, content)


def served(name):
    os.makedirs(f"{ROOT}/{name}")
    return f"{ROOT}/{name}"


def manifest(folder, entries, items=()):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with open(f"{folder}/manifest.json", "w") as file:
        json.dump(
            {
                "format": VERSION,
                "at": at,
                "release": "0" * 64,
                "entries": entries,
                "items": list(items),
            },
            file,
        )


def sparse(folder, path, size):
    entry = put(folder, path, b"")
    os.truncate(f"{folder}/{path}", size)
    return entry


folder = served("pipe")
put(folder, "data/blog/word")
os.mkfifo(f"{folder}/manifest.json")

folder = served("devices")
entries = [
    put(folder, "data/blog/word"),
    told("data/blog/device", b""),
    told("data/blog/pipe", b""),
]
os.mknod(f"{folder}/data/blog/device", stat.S_IFCHR | 0o666, os.makedev(1, 5))
os.mkfifo(f"{folder}/data/blog/pipe", 0o666)
manifest(folder, entries)

folder = served("lying-size")
manifest(folder, [sparse(folder, "data/blog/holes", 2 << 30)])

folder = served("many-files")
for number in range(8000):
    put(folder, f"data/blog/{number % 80}/{number}", b"")
manifest(folder, [])

folder = served("through-link")
os.makedirs(f"{folder}/data")
os.symlink("/etc/cron.d", f"{folder}/data/blog")
manifest(folder, [told("data/blog/owned")])

folder = served("no-data")
manifest(folder, [])

folder = served("tame")
entries = [
    put(folder, "data/blog/tool", b"#!/bin/sh\n", 0o6777),
    {
        **sparse(folder, "data/blog/holes", 64 << 20),
        "sha256": hashlib.sha256(bytes(64 << 20)).hexdigest(),
        "bytes": 64 << 20,
        "stored": 0,
    },
]
manifest(folder, entries, [{"path": "data/blog"}])
