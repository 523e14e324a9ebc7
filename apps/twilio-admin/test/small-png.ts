import assert from 'node:assert/strict'
import { crc32, deflateSync, inflateSync } from 'node:zlib'

/**
 * A screenshot with 256 colours, which takes a third of the room: those that stand in most places, and
 * for every other the one that is nearest. Takes what Chromium writes: 8 bits, RGB or RGBA.
 */
export function smallPng(png: Buffer): Buffer {
  const { width, height, pixels } = read(png)
  const counts = new Map<number, number>()
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1)
  // Of colours that hardly differ the first is enough.
  const firsts = new Map<number, number>()
  for (const [color] of [...counts].toSorted(([, a], [, b]) => b - a)) {
    const rough = color & 0xf8f8f8
    if (!firsts.has(rough)) firsts.set(rough, color)
  }
  const palette = [...firsts.values()].slice(0, 256)
  const indexes = new Map([...counts.keys()].map((color) => [color, nearest(palette, color)]))
  const rows = Buffer.alloc(height * (width + 1))
  pixels.forEach((color, i) => {
    rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = indexes.get(color) ?? 0
  })
  const head = Buffer.from(png.subarray(16, 29))
  head[9] = 3
  return Buffer.concat([
    png.subarray(0, 8),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(partsOf))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function read(png: Buffer): { width: number; height: number; pixels: Uint32Array } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const size = { 2: 3, 6: 4 }[png[25] ?? 0]
  assert.ok(size !== undefined && png[24] === 8 && png[28] === 0)
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    const end = at + 8 + png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, end))
  }
  const raw = inflateSync(Buffer.concat(parts))
  const length = width * size
  const pixels = new Uint32Array(width * height)
  let above = new Uint8Array(length)
  for (let y = 0; y < height; y++) {
    const from = y * (length + 1)
    const filter = raw[from] ?? 0
    const row = new Uint8Array(length)
    for (let i = 0; i < length; i++) {
      const [left, up, corner] = [row[i - size] ?? 0, above[i] ?? 0, above[i - size] ?? 0]
      row[i] = (raw[from + 1 + i] ?? 0) + predicted(filter, left, up, corner)
    }
    for (let x = 0; x < width; x++) {
      const [red = 0, green = 0, blue = 0] = row.subarray(x * size, x * size + 3)
      pixels[y * width + x] = red * 65_536 + green * 256 + blue
    }
    above = row
  }
  return { width, height, pixels }
}

/** https://www.w3.org/TR/png-3/#9Filters */
function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return Math.floor((left + up) / 2)
  if (filter !== 4) return 0
  const guess = left + up - corner
  const [a, b, c] = [left, up, corner].map((one) => Math.abs(guess - one)) as [
    number,
    number,
    number,
  ]
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}

function partsOf(color: number): [number, number, number] {
  return [color >> 16, (color >> 8) & 255, color & 255]
}

function nearest(palette: readonly number[], color: number): number {
  const parts = partsOf(color)
  const distances = palette.map((one) =>
    partsOf(one).reduce((sum, part, i) => sum + (part - (parts[i] ?? 0)) ** 2, 0),
  )
  return distances.indexOf(Math.min(...distances))
}

function chunk(type: string, data: Buffer): Buffer {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
