// The files of the local Slack: asked for, sent, and shared in the channel.
import { randomUUID } from 'node:crypto'
import type { SharedFile } from './entities.ts'

/** A file on its way: `bytes` is null until they were sent. */
type Upload = { readonly name: string; readonly length: number; bytes: Uint8Array | null; isShared: boolean }

/** The files that were asked for, sent and shared. */
export type Files = {
  /** The id under which the file will be known. */
  open(name: string, length: number): string
  /** Whether they were taken: the file was asked for with this length, and not sent before. */
  send(id: string, bytes: Uint8Array): boolean
  /** Null where the file is not there, was not sent, or is shared already. */
  share(id: string, title: string | null): SharedFile | null
  /** What was sent; null where there is no such file in the channel. */
  read(id: string): { readonly name: string; readonly bytes: Uint8Array } | null
}

/** Begins without any file. */
export function openFiles(): Files {
  const uploads = new Map<string, Upload>()
  return {
    open(name, length) {
      const id = `F0${randomUUID().replaceAll('-', '').slice(0, 9).toUpperCase()}`
      uploads.set(id, { name, length, bytes: null, isShared: false })
      return id
    },
    send(id, bytes) {
      const upload = uploads.get(id)
      if (!upload || upload.bytes || upload.length !== bytes.byteLength) return false
      upload.bytes = bytes
      return true
    },
    share(id, title) {
      const upload = uploads.get(id)
      if (!upload?.bytes || upload.isShared) return null
      upload.isShared = true
      return { id, name: upload.name, title: title ?? upload.name, bytes: upload.bytes.byteLength }
    },
    read(id) {
      const { name, bytes, isShared } = uploads.get(id) ?? {}
      return name !== undefined && bytes && isShared ? { name, bytes } : null
    },
  }
}
