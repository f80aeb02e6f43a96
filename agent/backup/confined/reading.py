"""Reads an item below a handle, and sends what it finds; `programs.ts` puts it before `give.py`.

`say` is the end's own: where a frame goes.
"""
import base64


def attributes(handle):
    try:
        names = [name for name in os.listxattr(handle) if name.startswith("user.")]
        return {name: base64.b64encode(os.getxattr(handle, name)).decode() for name in names}
    except OSError:
        return {}


class Copy:
    """One pass over an item, and what was seen on it."""

    def __init__(self):
        self.seen, self.known, self.vanished, self.left = [], {}, 0, []

    def note(self, path, seen):
        self.seen.append(
            (
                path,
                seen.st_ino,
                stat.S_IFMT(seen.st_mode),
                seen.st_size if stat.S_ISREG(seen.st_mode) else 0,
                seen.st_mtime_ns,
            )
        )
        if len(self.seen) > LIMITS["files"]:
            raise Fault(f"it has more than {LIMITS['files']} files")

    def pieces(self, handle, size):
        at = 0
        while at < size:
            try:
                at = os.lseek(handle, at, os.SEEK_DATA)
            except OSError:
                return size
            end = min(os.lseek(handle, at, os.SEEK_HOLE), size)
            while at < end:
                piece = os.pread(handle, min(PIECE, end - at), at)
                if not piece:
                    return at
                say({"at": at}, piece)
                at += len(piece)
        return size

    def file(self, folder, name, path, at=None, mode=None):
        handle = os.open(name, os.O_RDONLY | FILE, dir_fd=folder)
        try:
            seen = os.fstat(handle)
            if not stat.S_ISREG(seen.st_mode):
                raise FileNotFoundError
            self.note(path, seen)
            key = (seen.st_dev, seen.st_ino)
            if seen.st_nlink > 1 and key in self.known:
                return say({"h": path, "to": self.known[key]})
            self.known[key] = path
            say(
                {
                    "f": path,
                    "m": (mode or seen.st_mode) & 0o777,
                    "t": at or seen.st_mtime_ns,
                    "x": attributes(handle),
                }
            )
            say({"size": self.pieces(handle, seen.st_size)})
        finally:
            os.close(handle)

    def folder(self, above, name, path, depth=0):
        if depth > LIMITS["depth"]:
            raise Fault(f"it is more than {LIMITS['depth']} folders deep")
        handle = os.open(name, FOLDER, dir_fd=above)
        try:
            seen = os.fstat(handle)
            self.note(path, seen)
            say(
                {
                    "d": path,
                    "m": seen.st_mode & 0o777,
                    "t": seen.st_mtime_ns,
                    "x": attributes(handle),
                }
            )
            for entry in sorted(os.listdir(handle)):
                try:
                    self.entry(handle, entry, f"{path}/{entry}" if path else entry, depth)
                except FileNotFoundError:
                    self.vanished += 1
                except PermissionError:
                    raise Fault(f"{path}/{entry} can't be read by its service's own user")
        finally:
            os.close(handle)

    def entry(self, handle, name, path, depth):
        seen = os.stat(name, dir_fd=handle, follow_symlinks=False)
        if stat.S_ISDIR(seen.st_mode):
            self.folder(handle, name, path, depth + 1)
        elif stat.S_ISREG(seen.st_mode):
            self.file(handle, name, path)
        elif stat.S_ISLNK(seen.st_mode):
            self.note(path, seen)
            say({"l": path, "to": os.readlink(name, dir_fd=handle), "t": seen.st_mtime_ns})
        else:
            self.left.append(path)


def listing(above, name):
    """As a copy notes it, without sending."""
    found = []

    def walk(folder, name, path):
        try:
            seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return
        if stat.S_IFMT(seen.st_mode) not in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
            return
        found.append(
            (
                path,
                seen.st_ino,
                stat.S_IFMT(seen.st_mode),
                seen.st_size if stat.S_ISREG(seen.st_mode) else 0,
                seen.st_mtime_ns,
            )
        )
        if stat.S_ISDIR(seen.st_mode) and len(found) <= LIMITS["files"]:
            try:
                handle = os.open(name, FOLDER, dir_fd=folder)
            except OSError:
                return
            for entry in sorted(os.listdir(handle)):
                walk(handle, entry, f"{path}/{entry}" if path else entry)
            os.close(handle)

    walk(above, name, "")
    return found
