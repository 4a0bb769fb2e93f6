import { closeSync, openSync, readSync } from 'node:fs';

/** https://sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

/**
 * Says what is wrong with a write-ahead log, or undefined. The engine itself takes the first frame that does not verify
 * for the end of the log, and would quietly lose every commit behind it.
 *
 * A crash leaves at most one commit that had not reached the disk, since each is synced before the next begins. So a
 * frame that does not verify is the torn end when at most one commit of this log lies behind it, and damage otherwise.
 */
export function damageOfLog(file: string): string | undefined {
  const descriptor = openSync(file, 'r');
  try {
    return damage((buffer, position) => readSync(descriptor, buffer, 0, buffer.length, position) === buffer.length);
  } finally {
    closeSync(descriptor);
  }
}

type ReadAt = (buffer: Buffer, position: number) => boolean;

function damage(readAt: ReadAt): string | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  const firstFrame = Buffer.alloc(FRAME_HEADER_BYTES);
  if (!readAt(header, 0) || !readAt(firstFrame, HEADER_BYTES)) return undefined;
  const magic = header.readUInt32BE(0);
  const bigEndian = magic === MAGIC + 1;
  let sums: Sums = checksum(header.subarray(0, 24), [0, 0], bigEndian);
  if ((magic !== MAGIC && !bigEndian) || !equals(sums, header, 24)) return 'its header is not what was written';

  const salts = header.subarray(16, 24);
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + header.readUInt32BE(8));
  let verifies = true;
  let commitsBehind = 0;
  for (let index = 0; readAt(frame, HEADER_BYTES + index * frame.length); index++) {
    const ofThisLog = frame.subarray(8, 16).equals(salts);
    if (verifies) {
      sums = checksum(frame.subarray(FRAME_HEADER_BYTES), checksum(frame.subarray(0, 8), sums, bigEndian), bigEndian);
      verifies = ofThisLog && equals(sums, frame, 16);
    }
    const commits = frame.readUInt32BE(4) !== 0;
    if (!verifies && ofThisLog && commits && ++commitsBehind > 1) return 'commits lie behind a frame that is not what was written';
  }
  return undefined;
}

type Sums = readonly [number, number];

const equals = ([a, b]: Sums, bytes: Buffer, at: number): boolean => a === bytes.readUInt32BE(at) && b === bytes.readUInt32BE(at + 4);

function checksum(bytes: Buffer, [first, second]: Sums, bigEndian: boolean): Sums {
  let a = first | 0;
  let b = second | 0;
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) | 0;
    b = (b + (bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) | 0;
  }
  return [a >>> 0, b >>> 0];
}
