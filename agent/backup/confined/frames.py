"""What both ends of a copy have in common; `programs.ts` puts it before each of them.

Python, because Node opens by whole paths only, and each part of one may be a link by the time it is
opened. Python opens below a directory handle (`dir_fd`), and is on every Debian machine with
cloud-init.

A copy travels as frames: four bytes of length, a head in JSON, and as many bytes of content as its
"n" says. Who reads it trusts none of it.
"""
import json
import os
import signal
import stat
import struct
import subprocess
import sys

spec = json.loads(sys.argv[1])
LIMITS = spec["limits"]
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
PIECE = 1 << 20
HEAD = 1 << 20


class Fault(Exception):
    """Costs one item."""


class Broken(Exception):
    """Costs all that is left."""


def reason(error):
    if isinstance(error, OSError):
        return os.strerror(error.errno or 0) + (
            "" if error.filename is None else f": {error.filename}"
        )
    return str(error)


def send(out, head, body=b""):
    """One frame."""
    text = json.dumps({**head, "n": len(body)}).encode()
    out.write(struct.pack(">I", len(text)) + text)
    out.write(body)


def is_link(folder, name):
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def step(folder, name):
    """One folder further down; never by a link."""
    try:
        return os.open(name, FOLDER, dir_fd=folder)
    except NotADirectoryError:
        raise Fault(
            "a folder on the way to it is a link"
            if is_link(folder, name)
            else f"{name} on the way to it is no folder"
        )


def way(folder, parts):
    """The last of these folders, as a handle to close."""
    handle = os.dup(folder)
    for part in parts:
        try:
            deeper = step(handle, part)
        finally:
            os.close(handle)
        handle = deeper
    return handle
