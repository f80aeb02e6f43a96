"""One item as it arrives, made anew below a handle; `programs.ts` puts it before `take.py`."""
import base64

# Nanoseconds: file systems know years that are far off (ext4 2446, XFS 2486), and hold to their own.
FAR = (1 << 62) * 10**9


def whole(value, least, most):
    if type(value) is not int or not least <= value <= most:
        raise Broken("what it sends is no copy")
    return value


def text(value, most=4096):
    if type(value) is not str or len(value) > most or "\0" in value:
        raise Broken("what it sends is no copy")
    return value


class Item:
    def __init__(self, root, item, room):
        *parts, self.leaf = item["path"].split("/")
        self.room, self.beside = room, item.get("beside", [])
        self.above = os.dup(root)
        for part in parts:
            try:
                os.mkdir(part, 0o750, dir_fd=self.above)
            except FileExistsError:
                pass
            deeper = step(self.above, part)
            os.close(self.above)
            self.above = deeper
        self.folders, self.files, self.handle, self.at = {}, set(), None, None
        self.begun, self.taken, self.counted = False, 0, 0

    def begin(self):
        """What was there goes: a write-ahead log left of another database would damage this one."""
        if not self.begun:
            self.clear()
            for end in self.beside:
                self.remove(self.leaf + end)
        self.begun = True

    def remove(self, name):
        os.fchdir(self.above)
        subprocess.run(["rm", "-rf", "--", f"./{name}"], check=True)

    def clear(self):
        self.close()
        self.remove(self.leaf)
        self.folders, self.files = {}, set()
        self.room.give_back(self.taken, self.counted)
        self.taken, self.counted = 0, 0

    def place(self, path):
        """The folder that this belongs into, as a handle to close, and its name there."""
        text(path)
        if path == "":
            return os.dup(self.above), self.leaf
        above, _, name = path.rpartition("/")
        if (
            above not in self.folders
            or name in ("", ".", "..")
            or len(os.fsencode(name)) > 255
            or path.count("/") > LIMITS["depth"]
        ):
            raise Broken("what it sends is no copy")
        return way(self.above, [self.leaf, *(above.split("/") if above else [])]), name

    def make(self, path, work):
        self.begin()
        self.close()
        self.counted += 1
        self.room.count()
        if path in self.folders or path in self.files:
            raise Broken("what it sends is no copy")
        folder, name = self.place(path)
        try:
            return work(folder, name)
        finally:
            os.close(folder)

    def dress(self, handle, head):
        marks = head.get("x")
        for name, value in marks.items() if type(marks) is dict else ():
            if text(name, 255).startswith("user."):
                try:
                    os.setxattr(handle, name, base64.b64decode(text(value, HEAD)))
                except OSError:
                    pass

    def put(self, head, body):
        if "d" in head:
            self.make(head["d"], lambda folder, name: os.mkdir(name, 0o700, dir_fd=folder))
            self.folders[head["d"]] = head
        elif "f" in head:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | FILE
            self.handle = self.make(
                head["f"], lambda folder, name: os.open(name, flags, 0o600, dir_fd=folder)
            )
            self.files.add(head["f"])
            self.at, self.head = 0, head
        elif "l" in head:
            to, moment = os.fsencode(text(head.get("to"))), whole(head.get("t"), -FAR, FAR)

            def link(folder, name):
                os.symlink(to, name, dir_fd=folder)
                os.utime(name, ns=(moment, moment), dir_fd=folder, follow_symlinks=False)

            self.make(head["l"], link)
        elif "h" in head:
            if text(head.get("to")) not in self.files:
                raise Broken("what it sends is no copy")
            source, known = self.place(head["to"])
            try:
                self.make(
                    head["h"],
                    lambda folder, name: os.link(
                        known, name, src_dir_fd=source, dst_dir_fd=folder, follow_symlinks=False
                    ),
                )
            finally:
                os.close(source)
            self.files.add(head["h"])
        elif self.handle is not None and "at" in head:
            at = whole(head["at"], self.at, LIMITS["fileBytes"])
            if at + len(body) > LIMITS["fileBytes"]:
                raise Fault("a file of it is too large")
            self.taken += len(body)
            self.room.take(len(body))
            view = memoryview(body)
            while view:
                written = os.pwrite(self.handle, view, at)
                view, at = view[written:], at + written
            self.at = at
        elif self.handle is not None and "size" in head:
            os.ftruncate(self.handle, whole(head["size"], self.at, LIMITS["fileBytes"]))
            self.dress(self.handle, self.head)
            os.fchmod(self.handle, whole(self.head.get("m"), 0, 0o777) & 0o775 | 0o600)
            moment = whole(self.head.get("t"), -FAR, FAR)
            os.utime(self.handle, ns=(moment, moment))
            self.close()
        elif head.get("again") is True:
            self.clear()
        else:
            raise Broken("what it sends is no copy")

    def close(self):
        if self.handle is not None:
            os.close(self.handle)
        self.handle = None

    def finish(self):
        self.close()
        for path, head in reversed(list(self.folders.items())):
            folder, name = self.place(path)
            handle = step(folder, name)
            self.dress(handle, head)
            os.fchmod(handle, whole(head.get("m"), 0, 0o777) & 0o775 | 0o700)
            moment = whole(head.get("t"), -FAR, FAR)
            os.utime(handle, ns=(moment, moment))
            os.close(handle)
            os.close(folder)
