import { expect, test } from "@jest/globals";

import { formatOf, namesOtherFiles } from "../../../../../local/cloud/machines/custom-image/format";
import { extentsOf } from "../../../../../local/cloud/machines/custom-image/root";

const head = (text: string, at = 0): Buffer => {
  const bytes = Buffer.alloc(512);
  bytes.write(text, at, "latin1");
  return bytes;
};

test.each([
  ["gzip", head("\x1f\x8b")],
  ["bzip2", head("BZh9")],
  ["qcow2", head("QFI\xfb")],
  ["vhdx", head("vhdxfile")],
  ["vmdk", head("KDMV")],
  ["vmdk", head("# Disk DescriptorFile")],
  ["vdi", head("\x7f\x10\xda\xbe", 64)],
  ["raw", Buffer.alloc(512)],
])("an image is what its bytes say: %s", (format, bytes) => {
  expect(formatOf(bytes)).toBe(format);
});

test("a qcow2 image that would read other files of this host is known by its head", () => {
  const qcow2 = (version: number, change: (bytes: Buffer) => void = () => undefined): Buffer => {
    const bytes = head("QFI\xfb");
    bytes.writeUInt32BE(version, 4);
    change(bytes);
    return bytes;
  };
  expect([2, 3].map((version) => namesOtherFiles(qcow2(version)))).toEqual([false, false]);
  expect(namesOtherFiles(qcow2(2, (bytes) => bytes.writeBigUInt64BE(104n, 8)))).toBe(true);
  expect(namesOtherFiles(qcow2(3, (bytes) => bytes.writeBigUInt64BE(4n, 72)))).toBe(true);
});

test("file systems are looked for in each partition; a disk without any is one itself", () => {
  expect(extentsOf("2048 100\n4096  10\n")).toEqual([
    { start: 1_048_576, size: 51_200 },
    { start: 2_097_152, size: 5_120 },
  ]);
  expect(extentsOf("")).toEqual([{ start: 0, size: null }]);
});
