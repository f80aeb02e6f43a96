import { describe, expect, test } from "@jest/globals";

import { act, actOnVolume, api, becomes, ids, make, on, said } from "./lab-of-machines";

/** Block storage as disks. */
export const volumeTests = (): void =>
  describe("volumes", () => {
    const create = async (name: string, filesystem_type: string): Promise<string> =>
      (
        await api("POST", "/v2/volumes", {
          name,
          region: "fra1",
          size_gigabytes: 1,
          filesystem_type,
        })
      ).volume.id;
    const disk = (name: string): string => `/dev/disk/by-id/scsi-0DO_Volume_${name}`;

    test("a volume is a disk, here and then there; it is not taken from under a mount, and grows while it is in use", async () => {
      const volume = await create("data", "ext4");
      await actOnVolume(volume, { type: "attach", droplet_id: ids.one });
      expect(
        await on(ids.one, `mount ${disk("data")} /mnt && echo hello > /mnt/file`),
      ).toMatchObject({ code: 0 });
      await expect(actOnVolume(volume, { type: "detach", droplet_id: ids.one })).rejects.toThrow(
        "errored",
      );
      await actOnVolume(volume, { type: "resize", size_gigabytes: 2 });
      expect(await said(ids.one, `blockdev --getsize64 ${disk("data")}`)).toBe(
        String(2 * 1024 ** 3),
      );
      await on(ids.one, "umount /mnt");
      await actOnVolume(volume, { type: "detach", droplet_id: ids.one });
      expect((await on(ids.one, `test -e ${disk("data")}`)).code).toBe(1);
      await actOnVolume(volume, { type: "attach", droplet_id: ids.two });
      expect(
        await said(
          ids.two,
          `mount ${disk("data")} /mnt && cat /mnt/file; umount /mnt; e2fsck -fp ` +
            `${disk("data")} >/dev/null; resize2fs ${disk("data")} >/dev/null 2>&1; blockdev ` +
            `--getsize64 ${disk("data")}`,
        ),
      ).toBe(`hello\n${2 * 1024 ** 3}`);
      await act(ids.two, { type: "power_cycle" });
      expect(
        await said(
          ids.two,
          `mount ${disk("data")} /mnt && cat /mnt/file; df --output=size -BM /mnt | tail -1 | tr -dc 0-9; umount /mnt`,
        ),
      ).toMatch(/^hello\n(19|20)\d\d$/);
      await actOnVolume(volume, { type: "detach", droplet_id: ids.two });
      await api("DELETE", `/v2/volumes/${volume}`);
    });

    test("a volume keeps its disk while others come and go", async () => {
      const [first, second, third] = [
        await create("first", "ext4"),
        await create("second", "ext4"),
        await create("third", "ext4"),
      ];
      const move = (volume: string, type: string): Promise<void> =>
        actOnVolume(volume, { type, droplet_id: ids.one });
      await move(first, "attach");
      await move(second, "attach");
      const before = await said(ids.one, `stat -Lc %t:%T ${disk("second")}`);
      await move(first, "detach");
      await move(third, "attach");
      const now = await said(ids.one, `stat -Lc %t:%T ${disk("second")} ${disk("third")}`);
      expect(now.split("\n")[0]).toBe(before);
      expect(new Set(now.split("\n")).size).toBe(2);
      for (const volume of [second, third]) await move(volume, "detach");
      await Promise.all(
        [first, second, third].map((volume) => api("DELETE", `/v2/volumes/${volume}`)),
      );
    });

    test("a snapshot of a mounted volume makes another that holds the same, and grows", async () => {
      const volume = await create("first", "ext4");
      await actOnVolume(volume, { type: "attach", droplet_id: ids.one });
      expect(
        await on(ids.one, `mount ${disk("first")} /mnt && echo kept > /mnt/file`),
      ).toMatchObject({ code: 0 });
      const { snapshot } = await api("POST", `/v2/volumes/${volume}/snapshots`, { name: "kept" });
      await on(ids.one, "echo later > /mnt/file; umount /mnt");
      const { volume: copy } = await api("POST", "/v2/volumes", {
        name: "second",
        region: "fra1",
        size_gigabytes: 2,
        snapshot_id: snapshot.id,
      });
      await actOnVolume(copy.id, { type: "attach", droplet_id: ids.two });
      expect(
        await said(
          ids.two,
          `mount ${disk("second")} /mnt && cat /mnt/file; umount /mnt; blockdev --getsize64 ${disk("second")}`,
        ),
      ).toBe(`kept\n${2 * 1024 ** 3}`);
      await actOnVolume(copy.id, { type: "detach", droplet_id: ids.two });
      await actOnVolume(volume, { type: "detach", droplet_id: ids.one });
      await Promise.all(
        [`/v2/volumes/${volume}`, `/v2/volumes/${copy.id}`, `/v2/snapshots/${snapshot.id}`].map(
          (path) => api("DELETE", path),
        ),
      );
    });

    test("droplets made together under several names, and one that is born with a volume", async () => {
      const volume = await create("born", "xfs");
      const { droplets } = await api("POST", "/v2/droplets", {
        names: ["twin-a", "twin-b"],
        region: "fra1",
        size: "s-1vcpu-512mb-10gb",
        image: "debian-13-x64",
      });
      const born = await make("born", { volumes: [volume] });
      const all: number[] = [...droplets.map(({ id }) => id), born];
      await Promise.all(all.map((id) => becomes(id, "active")));
      expect(await Promise.all(all.map((id) => said(id, "hostname")))).toEqual([
        "twin-a",
        "twin-b",
        "born",
      ]);
      expect(
        await said(born, `mount ${disk("born")} /mnt && findmnt -n -o FSTYPE /mnt; umount /mnt`),
      ).toBe("xfs");
      await Promise.all(all.map((id) => api("DELETE", `/v2/droplets/${id}`)));
    });
  });
