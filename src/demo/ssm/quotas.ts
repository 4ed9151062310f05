// Service Quotas of EBS, as far as a zone move asks: storage by volume type, provisioned IOPS, snapshots. CreateVolume
// refuses by the same values.

import { IOPS_MAX, STORAGE_TIB } from '../ec2/calls/volume-types.ts'
import { OWNER, type Store } from '../ec2/world/store.ts'
import { given, type Input, type Output, pageOf, refuse } from './json.ts'

const STORAGE: Readonly<Record<string, { readonly code: string; readonly label: string }>> = {
  gp2: { code: 'L-D18FCD1D', label: 'General Purpose SSD (gp2)' },
  gp3: { code: 'L-7A658B76', label: 'General Purpose SSD (gp3)' },
  io1: { code: 'L-FD252861', label: 'Provisioned IOPS SSD (io1)' },
  io2: { code: 'L-09BD8365', label: 'Provisioned IOPS SSD (io2)' },
  st1: { code: 'L-82ACEF56', label: 'Throughput Optimized HDD (st1)' },
  sc1: { code: 'L-17AF77E8', label: 'Cold HDD (sc1)' },
  standard: { code: 'L-9CF3C2EB', label: 'Magnetic (standard)' },
}
const IOPS: Readonly<Record<string, string>> = { io1: 'L-B3A130E6', io2: 'L-8D977E7E' }
const SNAPSHOTS = { code: 'L-309BACF6', max: 100_000 }
const PAGE = { min: 1, max: 100 }

/** Answers ListServiceQuotas for `ebs`. Refuses any other service with NoSuchResourceException. */
export function listServiceQuotas(store: Store, input: Input): Output {
  if (given(input, 'ServiceCode') !== 'ebs') unknown(`The service ${given(input, 'ServiceCode')}`)
  const { rows, ...next } = pageOf(input, quotas(store), PAGE)
  return { Quotas: rows, ...next }
}

/** Answers GetServiceQuota for `ebs`. Refuses another service, or an unknown code, with NoSuchResourceException. */
export function getServiceQuota(store: Store, input: Input): Output {
  if (given(input, 'ServiceCode') !== 'ebs') unknown(`The service ${given(input, 'ServiceCode')}`)
  const code = given(input, 'QuotaCode')
  return { Quota: quotas(store).find(({ QuotaCode }) => QuotaCode === code) ?? unknown(`The quota ${code}`) }
}

function quotas({ storageTib }: Store): Output[] {
  const storage = Object.entries(STORAGE).map(([type, { code, label }]) =>
    quota(code, `Storage for ${label} volumes, in TiB`, storageTib[type] ?? STORAGE_TIB[type] ?? 0),
  )
  const iops = Object.entries(IOPS).map(([type, code]) =>
    quota(code, `IOPS for ${STORAGE[type]?.label} volumes`, IOPS_MAX[type] ?? 0),
  )
  return [...storage, ...iops, quota(SNAPSHOTS.code, 'Snapshots per Region', SNAPSHOTS.max)]
}

function quota(QuotaCode: string, QuotaName: string, Value: number): Output {
  return {
    ServiceCode: 'ebs',
    ServiceName: 'Amazon Elastic Block Store (Amazon EBS)',
    QuotaArn: `arn:aws:servicequotas:us-east-1:${OWNER}:ebs/${QuotaCode}`,
    QuotaCode,
    QuotaName,
    Value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
  }
}

function unknown(what: string): never {
  refuse('NoSuchResourceException', `${what} is not known.`)
}
