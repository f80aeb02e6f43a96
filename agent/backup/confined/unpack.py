"""Reads the tar of a backup from its standard input, and sends what is in it as one item.

Whoever sent it may be anybody: the format, with all its extensions, is read where there is nothing
to reach, by nobody's user. What it says goes to `take.py`, which opens each path below handles of its own.
"""
import base64
import tarfile
from decimal import Decimal, InvalidOperation

out = os.fdopen(1, "wb", closefd=False)
stream = os.fdopen(0, "rb", closefd=False)
ATTRIBUTE = "SCHILY.xattr."
# After the last of a tar's blocks: whole records are sent, and who sends them waits until they are read.
REST = 16


def path_of(name):
    path = name.removeprefix("./").rstrip("/")
    return "" if path == "." else path


def moment(member):
    try:
        return int(Decimal(member.pax_headers.get("mtime", member.mtime)) * 10**9)
    except (InvalidOperation, OverflowError, ValueError):
        raise Fault("a time in it is none")


def attributes(member):
    return {
        key.removeprefix(ATTRIBUTE): base64.b64encode(os.fsencode(value)).decode()
        for key, value in member.pax_headers.items()
        if key.startswith(f"{ATTRIBUTE}user.")
    }


def contents(tar, member):
    """Holes are not sent, nor are they in the tar: what is lies piece on piece."""
    tar.fileobj.seek(member.offset_data)
    for at, count in [(0, member.size)] if member.sparse is None else member.sparse:
        while count > 0:
            piece = tar.fileobj.read(min(PIECE, count))
            if not piece:
                raise Fault("it ends in the middle of a file")
            send(out, {"at": at}, piece)
            at, count = at + len(piece), count - len(piece)
    send(out, {"size": member.size})


def give(tar, member):
    path = path_of(member.name)
    about = {"m": member.mode & 0o777, "t": moment(member), "x": attributes(member)}
    if member.isdir():
        send(out, {"d": path, **about})
    elif member.isreg():
        send(out, {"f": path, **about})
        contents(tar, member)
    elif member.issym():
        send(out, {"l": path, "to": member.linkname, "t": about["t"]})
    elif member.islnk():
        send(out, {"h": path, "to": path_of(member.linkname)})
    else:
        raise Fault("it holds what is neither file, folder nor link")


def give_all():
    with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8") as tar:
        while (member := tar.next()) is not None:
            give(tar, member)
            # It keeps them all otherwise, and there may be a hundred thousand.
            tar.members.clear()
    for _ in range(REST):
        if not stream.read(PIECE):
            break


send(out, {"item": 0})
try:
    give_all()
    end = {}
except BrokenPipeError:
    sys.exit(1)
# What a parser of a stranger's bytes may raise is not only what it means to.
except Exception as error:
    end = {"failed": reason(error) or type(error).__name__}
send(out, {"end": end})
out.flush()
