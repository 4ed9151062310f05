// Chance by name: the same seed and the same name give the same number, whatever was drawn before. So two calls that swap
// places, as they do over HTTP, leave the rest of the world as it was.

/** Random numbers by name; ids, delays and faults all come from here. */
export type Chance = {
  /** A number from 0 up to, but not including, 1; always the same for one name. */
  draw(name: string): number
  /** Such a number too, but another one each time this name is asked for. */
  drawNext(name: string): number
  /** How often this name was asked for, this time included: 1, 2, 3 ... */
  nth(name: string): number
  /** 16 hexadecimal digits, as EC2's ids have after their `0`. */
  digits(name: string): string
}

/** Chance from a single draw of `random` (a number from 0 up to 1), which is the seed for every name. */
export function chanceFrom(random: () => number): Chance {
  const seed = Math.floor(random() * 0xffffffff)
  const times = new Map<string, number>()
  const draw = (name: string) => hashed(name, seed) / 0x1_0000_0000
  const nth = (name: string) => {
    const count = (times.get(name) ?? 0) + 1
    times.set(name, count)
    return count
  }
  return {
    draw,
    nth,
    drawNext: (name) => draw(`${name} ${nth(name)}`),
    digits: (name) => hex(hashed(name, seed)) + hex(hashed(name, seed ^ 0x9e3779b9)),
  }
}

/** FNV-1a over the name, then murmur3's finish, which spreads names that differ in their last digit. */
function hashed(name: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
