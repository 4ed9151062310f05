// What EC2 lets a volume of each type be (CreateVolume's reference; ratios as the EBS CSI driver has them).
import { refuse, required } from '../world/errors.ts'

/** What is asked of a volume; `throughput` is in MiB/s, and null means that it was not asked for. */
export type VolumeParameters = {
  readonly type: string
  readonly sizeGib: number
  readonly iops: number | null
  readonly throughput: number | null
  readonly isMultiAttach: boolean
}

type Range = { readonly min: number; readonly max: number }
type Rules = {
  readonly sizeGib: Range
  readonly iops?: Range & { readonly perGibMax: number; readonly isRequired: boolean }
  readonly throughput?: Range
  readonly isSharable?: true
}

const RULES: Readonly<Record<string, Rules>> = {
  gp3: {
    sizeGib: { min: 1, max: 65_536 },
    iops: { min: 3_000, max: 80_000, perGibMax: 500, isRequired: false },
    throughput: { min: 125, max: 2_000 },
  },
  gp2: { sizeGib: { min: 1, max: 16_384 } },
  io1: {
    sizeGib: { min: 4, max: 16_384 },
    iops: { min: 100, max: 64_000, perGibMax: 50, isRequired: true },
    isSharable: true,
  },
  io2: {
    sizeGib: { min: 4, max: 65_536 },
    iops: { min: 100, max: 256_000, perGibMax: 1_000, isRequired: true },
    isSharable: true,
  },
  st1: { sizeGib: { min: 125, max: 16_384 } },
  sc1: { sizeGib: { min: 125, max: 16_384 } },
  standard: { sizeGib: { min: 1, max: 1_024 } },
}

/** gp3's baseline, which it has whatever its size. */
const GP3 = { iops: 3_000, throughput: 125 }
/** The most MiB/s of a gp3 volume for each of its IOPS. */
const THROUGHPUT_PER_IOPS_MAX = 0.25
/** Unfinished snapshots of one volume: "at most five in progress", and one for the disks (st1, sc1). */
const PENDING_SNAPSHOTS_MAX = { disk: 1, other: 5 }

/**
 * Refuses what EC2 does not allow for the type: UnknownVolumeType, InvalidParameterCombination, InvalidParameterValue,
 * or MissingParameter for IOPS that the type requires.
 */
export function checkParameters(asked: VolumeParameters): void {
  const { type, sizeGib, iops, throughput, isMultiAttach } = asked
  const rules = RULES[type] ?? refuse('UnknownVolumeType', `Unknown volume type: ${type}`)
  checkSize(type, sizeGib, rules.sizeGib)
  if (rules.iops === undefined && iops !== null) unsupported('iops', type)
  if (rules.throughput === undefined && throughput !== null) unsupported('throughput', type)
  if (isMultiAttach && !rules.isSharable) unsupported('MultiAttachEnabled', type)
  if (rules.iops) checkIops(asked, rules.iops)
  if (rules.throughput && throughput !== null) checkThroughput(asked, throughput, rules.throughput)
}

function checkSize(type: string, sizeGib: number, { min, max }: Range): void {
  if (sizeGib > max) wrong(`Volume of ${sizeGib}GiB is too large for volume type ${type}; maximum is ${max}GiB`)
  if (sizeGib < min) wrong(`Volume of ${sizeGib}GiB is too small for volume type ${type}; minimum is ${min}GiB`)
}

function checkIops({ type, sizeGib, iops }: VolumeParameters, rules: NonNullable<Rules['iops']>): void {
  if (iops === null) {
    if (rules.isRequired) required('iops')
    return
  }
  if (iops > rules.max) wrong(`Volume iops of ${iops} is too high; maximum is ${rules.max}.`)
  if (iops < rules.min) wrong(`Volume iops of ${iops} is too low; minimum is ${rules.min}.`)
  // gp3's baseline is included at any size.
  const isBaseline = type === 'gp3' && iops === GP3.iops
  if (!isBaseline && iops > sizeGib * rules.perGibMax) {
    wrong(`Iops to volume size ratio of ${(iops / sizeGib).toFixed(6)} is too high; maximum is ${rules.perGibMax}`)
  }
}

function checkThroughput({ iops }: VolumeParameters, throughput: number, { min, max }: Range): void {
  if (throughput > max) wrong(`Volume throughput of ${throughput} is too high; maximum is ${max}.`)
  if (throughput < min) wrong(`Volume throughput of ${throughput} is too low; minimum is ${min}.`)
  const ratio = throughput / (iops ?? GP3.iops)
  if (ratio > THROUGHPUT_PER_IOPS_MAX) {
    wrong(`Throughput (MiBps) to iops ratio of ${ratio.toFixed(6)} is too high; maximum is 0.250000 MiBps per iops.`)
  }
}

function unsupported(parameter: string, type: string): never {
  refuse('InvalidParameterCombination', `The parameter ${parameter} is not supported for ${type} volumes.`)
}

function wrong(message: string): never {
  refuse('InvalidParameterValue', message)
}

/**
 * IOPS and MiB/s that EC2 reports for a type: gp3's baseline when nothing was asked, gp2's 3 IOPS a GiB, null for the
 * disks.
 */
export function performanceOf(type: string, sizeGib: number, iops: number | null, throughput: number | null) {
  if (type === 'gp3') return { iops: iops ?? GP3.iops, throughput: throughput ?? GP3.throughput }
  if (type === 'gp2') return { iops: Math.min(16_000, Math.max(100, sizeGib * 3)), throughput: null }
  return { iops: type === 'io1' || type === 'io2' ? iops : null, throughput: null }
}

/** How many snapshots of one volume of this type may be unfinished at a time. */
export function pendingSnapshotsMax(type: string): number {
  return type === 'st1' || type === 'sc1' ? PENDING_SNAPSHOTS_MAX.disk : PENDING_SNAPSHOTS_MAX.other
}

/** EBS's default storage quotas of a region: TiB of all volumes of a type together. */
export const STORAGE_TIB: Readonly<Record<string, number>> = {
  gp2: 50,
  gp3: 50,
  io1: 50,
  io2: 20,
  st1: 50,
  sc1: 50,
  standard: 50,
}
/** EBS's default IOPS quotas of a region: provisioned IOPS of all volumes of a type together. */
export const IOPS_MAX: Readonly<Record<string, number>> = { io1: 300_000, io2: 100_000 }
