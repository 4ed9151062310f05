import { test } from 'vitest'
import { decide } from '../../../src/core/decide.ts'
import { effectId } from '../../../src/core/model/effects.ts'
import { takenLive } from '../../../src/core/steps/taken-marks.ts'
import { at, BOTH, but, seenAt, LOGS, DROPBOX } from '../at.ts'
import { migration, settle } from '../people.ts'
import { LATER_MS } from '../../support/facts.ts'
const show = (said: any) => said.map((e: any) => e.kind === 'intended' ? `intended ${e.effects.map(effectId)}` : e.kind === 'warned' ? `warned ${e.about} ${e.text}` : e.kind === 'asked' ? `asked ${e.gate} ${e.evidence.join('|')}` : e.kind === 'freezing' ? JSON.stringify(e) : e.kind)
test('returned', () => {
  const said: any = [...at('opened', BOTH), { kind: 'returned', service: 'dropbox', by: 'U-2', reason: 'x' }]
  const look = but(seenAt('opened', BOTH), { volumes: { 'vol-2': { tags: DROPBOX.volume.tags } } })
  console.log(takenLive(migration(...said), look))
  console.log(show(settle(said, look, 'answer').slice(said.length)))
})
test('again', () => {
  const said = at('goLiveAsked', BOTH)
  const look = but(seenAt('goLiveAsked', BOTH), { volumes: { 'vol-1': { tags: { ...LOGS.volume.tags, 'zonehop:frozen': 'x' } } } })
  console.log(show(settle(said, look, 'answer').slice(said.length)))
  const ok = settle(said, look, 'answer')
  const f = ok.find((e: any) => e.kind === 'freezing' && e.freeze !== undefined && ok.indexOf(e) > said.length) as any
  console.log(f)
})
test('live', () => {
  const said = at('opening', BOTH)
  const look = but(seenAt('opening', BOTH), { volumes: { 'vol-1': { tags: { ...LOGS.volume.tags, 'zonehop:frozen': 'x' } } } })
  console.log(takenLive(migration(...said), look))
  console.log(show(settle(said, look, 'answer').slice(said.length)))
})
