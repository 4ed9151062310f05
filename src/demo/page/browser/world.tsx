// The simulated EC2 beside the channel: its clock, its volumes by zone, snapshots as they copy, instances.
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import type { WorldView } from '../entities.ts'
import { Clock } from './clock.tsx'

const LOOKS_EVERY_MS = 700
const VOLUMES_SHOWN_MAX = 24
const SNAPSHOTS_SHOWN_MAX = 14
type Volume = WorldView['volumes'][number]

/** Draws the simulated world, which it asks for again and again while the window can be seen. */
export function World({ onClose }: { onClose: () => void }): ReactNode {
  const [world, setWorld] = useState<WorldView | null>(null)
  const look = useCallback(
    () =>
      void fetch('/world')
        .then((response) => response.json())
        .then(setWorld, () => undefined),
    [],
  )
  useEffect(() => {
    look()
    const timer = setInterval(() => document.hidden || look(), LOOKS_EVERY_MS)
    return () => clearInterval(timer)
  }, [look])
  return (
    <aside className="world" aria-label="Simulated EC2">
      <header className="panel-head">
        <h2>Simulated EC2</h2>
        <button type="button" className="button close" onClick={onClose} aria-label="Close the simulated EC2">
          Close
        </button>
      </header>
      {world && <Inside world={world} onAct={look} />}
    </aside>
  )
}

function Inside({ world, onAct }: { world: WorldView; onAct: () => void }): ReactNode {
  const zones = [...new Set([...world.volumes, ...world.instances].map(({ zone }) => zone))].toSorted()
  const pending = world.snapshots.toSorted((a, b) => a.progress - b.progress)
  const names = new Map(world.volumes.map(({ id, name }) => [id, name]))
  return (
    <div className="panel-body">
      <Clock clock={world.clock} onAct={onAct} />
      <section aria-labelledby="snapshots">
        <h3 id="snapshots">
          Snapshots <span className="quiet">{world.snapshots.length}</span>
        </h3>
        {pending.length === 0 && <p className="quiet">None yet.</p>}
        <ul className="plain-list">
          {pending.slice(0, SNAPSHOTS_SHOWN_MAX).map(({ id, volume, state, progress }) => (
            <li key={id} className="snapshot" title={id}>
              <span>{names.get(volume) ?? volume}</span>
              <progress max={100} value={progress} aria-label={`Snapshot of ${names.get(volume) ?? volume}`} />
              <span className="number">{state === 'completed' ? 'done' : `${progress}%`}</span>
            </li>
          ))}
        </ul>
        <Rest count={pending.length - SNAPSHOTS_SHOWN_MAX} />
      </section>
      {zones.map((zone) => (
        <Zone key={zone} zone={zone} world={world} />
      ))}
    </div>
  )
}

function Zone({ zone, world }: { zone: string; world: WorldView }): ReactNode {
  const volumes = world.volumes
    .filter((volume) => volume.zone === zone)
    .toSorted((a, b) => a.name.localeCompare(b.name))
  const instances = world.instances.filter((instance) => instance.zone === zone)
  const hosts = new Map(world.instances.map(({ id, name }) => [id, name]))
  return (
    <section aria-labelledby={`zone-${zone}`}>
      <h3 id={`zone-${zone}`}>
        {zone} <span className="quiet">{volumes.length === 1 ? '1 volume' : `${volumes.length} volumes`}</span>
      </h3>
      <ul className="plain-list">
        {volumes.slice(0, VOLUMES_SHOWN_MAX).map((volume) => (
          <VolumeRow key={volume.id} volume={volume} host={hosts.get(volume.instance ?? '') ?? volume.instance} />
        ))}
      </ul>
      <Rest count={volumes.length - VOLUMES_SHOWN_MAX} />
      <p className="quiet">
        Instances:{' '}
        {instances
          .slice(0, 12)
          .map(({ name, state }) => (state === 'running' ? name : `${name} (${state})`))
          .join(', ') || 'none'}
        {instances.length > 12 && ` and ${instances.length - 12} more`}
      </p>
    </section>
  )
}

function VolumeRow({ volume, host }: { volume: Volume; host: string | null }): ReactNode {
  const { id, name, state, device, sizeGib, type } = volume
  return (
    <li className="volume" title={`${name}: ${id}, ${sizeGib} GiB ${type}, ${state}`}>
      <span className={`dot ${state}`} aria-hidden="true" />
      <span className="volume-name">{name || id}</span>
      <span className="quiet">
        {host ? <span className="hidden">{state}, </span> : state}
        {host && `${host} ${device ?? ''}`}
      </span>
    </li>
  )
}

function Rest({ count }: { count: number }): ReactNode {
  return count > 0 ? <p className="quiet">and {count} more</p> : null
}
