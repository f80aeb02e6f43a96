"""Counts what a copy may still take, of all its items together."""


class Room:
    """What may still come, of all items together."""

    def __init__(self, root):
        self.root, self.files, self.bytes, self.unseen = root, LIMITS["files"], LIMITS["bytes"], 0
        self.look()

    def look(self):
        disk = os.fstatvfs(self.root)
        if disk.f_bavail * disk.f_frsize < LIMITS["spare"]:
            raise Fault("the disk has no room for its copy")
        self.unseen = 0

    def take(self, count):
        self.bytes -= count
        self.unseen += count
        if self.bytes < 0:
            raise Fault(
                f"it is larger than the {LIMITS['bytes']} bytes of its service's quota "
                "(backups.quota, or quota of the service, in fleet.yaml)"
            )
        if self.unseen > 16 * PIECE:
            self.look()

    def give_back(self, count, files):
        self.bytes += count
        self.files += files

    def count(self):
        self.files -= 1
        if self.files < 0:
            raise Fault(f"it has more than {LIMITS['files']} files")
