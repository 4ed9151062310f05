// Whether a DRBD replica is proven to equal its source, from what both hosts reported, twice. UpToDate on both sides is
// no proof: a percent is rounded, and blocks may differ that nobody marked. Every doubt has its own sentence; no doubt
// is the proof.
import type { ReplicaReading, ReplicaVolume } from '../model/replica-reading.ts'
import { spell } from '../telling/eta.ts'

type Side = 'source' | 'replica'
type Readings = readonly ReplicaReading[]

/**
 * What keeps the replica from being proven: each condition that fails in any reading of either side, once. With
 * `areDemoted` true both sides must be secondary, with it false the source must be primary, and without it roles do not
 * count. The time of the last online verify cannot be read from a status, so it is no condition.
 */
export function obstaclesOf(source: Readings, replica: Readings, roles?: { readonly areDemoted: boolean }): string[] {
  const doubts = [
    ...sideDoubts('source', source),
    ...sideDoubts('replica', replica),
    ...(roles ? [...roleDoubts('source', source, roles), ...roleDoubts('replica', replica, roles)] : []),
    ...volumeDoubts(source, replica),
  ]
  return [...new Set(doubts)]
}

function sideDoubts(side: Side, readings: Readings): string[] {
  const few = readings.length === 0 ? [`no reading of the ${side}`] : [`only one reading of the ${side}`]
  return [...(readings.length < 2 ? few : []), ...readings.flatMap((reading) => readingDoubts(side, reading))]
}

function readingDoubts(side: Side, reading: ReplicaReading): string[] {
  const { isUp, connection, protocol, isSuspended, volumes } = reading
  if (!isUp) return [`the ${side} is down`]
  const isConnected = connection === 'Connected'
  return [
    ...(isConnected ? [] : [`the ${side} is not connected (${connection})`]),
    ...(isSuspended ? [`I/O is suspended on the ${side}`] : []),
    ...(protocol === 'C' ? [] : [protocolDoubt(protocol)]),
    ...(volumes.length > 0 ? [] : [`the ${side} tells of no volume`]),
    ...volumes.flatMap((volume) => stateDoubts(side, reading, volume)),
  ]
}

function protocolDoubt(protocol: string): string {
  return protocol === ''
    ? 'the protocol is not told'
    : `protocol ${protocol}: what was acknowledged may not have arrived`
}

/** The doubts about the state of one volume. What follows from a lost connection is not repeated. */
function stateDoubts(side: Side, { connection, volumes }: ReplicaReading, volume: ReplicaVolume): string[] {
  const { disk, peerDisk, replication, resyncSuspended, hasQuorum } = volume
  const isConnected = connection === 'Connected'
  const other = side === 'source' ? 'replica' : 'source'
  const doubts = [
    ...(disk === 'UpToDate' ? [] : [`the disk of the ${side} is ${disk}`]),
    ...(peerDisk === 'UpToDate' || (!isConnected && peerDisk === 'DUnknown')
      ? []
      : [`the disk of the ${other} is ${peerDisk}`]),
    ...(replication === 'Established' || (!isConnected && replication === 'Off')
      ? []
      : [`replication is not established on the ${side} (${replication})`]),
    ...(resyncSuspended === 'no' ? [] : [`resync is suspended (${resyncSuspended})`]),
    ...(hasQuorum ? [] : [`no quorum on the ${side}`]),
  ]
  return volumes.length === 1 ? doubts : doubts.map((doubt) => `${doubt}, volume ${volume.volume}`)
}

function roleDoubts(side: Side, readings: Readings, { areDemoted }: { readonly areDemoted: boolean }): string[] {
  const other = side === 'source' ? 'replica' : 'source'
  const wanted = { source: areDemoted ? 'Secondary' : 'Primary', replica: 'Secondary' }
  return readings.flatMap(({ isUp, connection, role, peerRole }) => [
    ...(isUp && role !== wanted[side] ? [`the ${side} is ${role}`] : []),
    ...(isUp && connection === 'Connected' && peerRole !== wanted[other] ? [`the ${other} is ${peerRole}`] : []),
  ])
}

/** The doubts about each volume, from every reading of both sides: the worst reading counts. */
function volumeDoubts(source: Readings, replica: Readings): string[] {
  const all = [...source, ...replica].flatMap(({ volumes }) => volumes)
  const numbers = [...new Set(all.map(({ volume }) => volume))].sort((a, b) => a - b)
  return numbers.flatMap((number) => {
    const told = all.filter(({ volume }) => volume === number)
    const doubts = [...missingDoubts(number, source, replica), ...amountDoubts(told), ...sizeDoubts(told)]
    return numbers.length === 1 ? doubts : doubts.map((doubt) => `${doubt}, volume ${number}`)
  })
}

function missingDoubts(number: number, source: Readings, replica: Readings): string[] {
  const lacks = ({ isUp, volumes }: ReplicaReading) => isUp && !volumes.some(({ volume }) => volume === number)
  return [
    ...(source.some(lacks) ? ['the source does not tell of it'] : []),
    ...(replica.some(lacks) ? ['the replica does not tell of it'] : []),
  ]
}

function amountDoubts(told: readonly ReplicaVolume[]): string[] {
  const outOfSyncKib = Math.max(...told.map((volume) => volume.outOfSyncKib))
  const inFlight = Math.max(...told.map((volume) => volume.inFlight))
  const isSaidSound = told.every(({ disk, peerDisk }) => disk === 'UpToDate' && peerDisk === 'UpToDate')
  return [
    ...(outOfSyncKib === 0 ? [] : [`${sizeWords(outOfSyncKib)} out of sync${isSaidSound ? ' although UpToDate' : ''}`]),
    ...(told.some(({ isWrapped }) => isWrapped)
      ? ['DRBD prints a count below zero, so it cannot be told what is in flight']
      : []),
    ...(inFlight === 0
      ? []
      : [inFlight === 1 ? '1 write is still in flight' : `${inFlight} writes are still in flight`]),
  ]
}

function sizeDoubts(told: readonly ReplicaVolume[]): string[] {
  const sizes = [...new Set(told.flatMap(({ sizeKib }) => sizeKib ?? []))]
  if (sizes.length < 2) return []
  const words = sizes.map(sizeWords)
  const isTold = new Set(words).size === words.length
  return [`sizes differ: ${(isTold ? words : sizes.map((size) => `${size} KiB`)).join(' and ')}`]
}

/** A resync under way: what is left, its rate (null if it is not reported), and both in words. */
export type ReplicaSync = {
  readonly leftKib: number
  readonly rateKibPerSecond: number | null
  readonly isStalled: boolean
  readonly words: string
}

/** The resync under way, from the last reading of the side that reports it; null if there is none. */
export function syncOf(replica: Readings, source: Readings): ReplicaSync | null {
  const side = [replica, source].find((readings) => syncing(readings.at(-1)).length > 0)
  if (!side) return null
  const volumes = syncing(side.at(-1))
  const leftKib = leftOf(volumes)
  const rates = volumes.flatMap(({ rateKibPerSecond }) => rateKibPerSecond ?? [])
  const rateKibPerSecond = rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0)
  const hasMoved = side.length < 2 || leftOf(syncing(side.at(-2))) !== leftKib
  const why = pauseOf([...syncing(replica.at(-1)), ...syncing(source.at(-1))])
  const stall = why ?? (!hasMoved && rateKibPerSecond === 0 ? 'nothing was sent between two readings' : null)
  return { leftKib, rateKibPerSecond, isStalled: stall !== null, words: syncWords(leftKib, rateKibPerSecond, stall) }
}

function syncing(reading: ReplicaReading | undefined): ReplicaVolume[] {
  return (reading?.volumes ?? []).filter(({ replication }) => /^(Paused)?Sync/.test(replication))
}

function leftOf(volumes: readonly ReplicaVolume[]): number {
  return volumes.reduce((sum, { outOfSyncKib }) => sum + outOfSyncKib, 0)
}

function pauseOf(volumes: readonly ReplicaVolume[]): string | null {
  const suspended = volumes.find(({ resyncSuspended }) => resyncSuspended !== 'no')
  if (suspended) return `resync is suspended (${suspended.resyncSuspended})`
  return volumes.some(({ replication }) => replication.startsWith('Paused')) ? 'resync is paused' : null
}

function syncWords(leftKib: number, rateKibPerSecond: number | null, stall: string | null): string {
  const left = `${sizeWords(leftKib)} left`
  if (stall) return `${left}, stalled: ${stall}`
  if (!rateKibPerSecond) return left
  return `${left} at ${sizeWords(rateKibPerSecond)}/s, about ${spell((leftKib / rateKibPerSecond) * 1000)} to go`
}

/** 12 KiB, 3.2 GiB, 100 GiB. */
function sizeWords(kib: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const index = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(kib) / 10)))
  return `${(kib / 1024 ** index).toFixed(1).replace('.0', '')} ${units[index]}`
}
