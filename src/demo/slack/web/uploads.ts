// The files of the Web API: an app asks for an address, sends the bytes there, and then says where they are shared.
import { z } from 'zod'
import { BOT } from '../entities.ts'
import type { Answer, Params, World } from './answers.ts'
import { refuse, unwritable, wrongThread } from './chat.ts'

/** Answers files.getUploadURLExternal. Refuses with invalid_arguments, or file_upload_size_restricted. */
export function uploadUrl({ files, fileUrl }: World, { filename = '', length = '' }: Params): Answer {
  const bytes = Number(length)
  if (filename === '' || !Number.isInteger(bytes) || bytes <= 0) return refuse('invalid_arguments')
  if (bytes > FILE_BYTES_MAX) return refuse('file_upload_size_restricted')
  const id = files.open(filename, bytes)
  return { ok: true, upload_url: fileUrl(id), file_id: id }
}

const FILE_BYTES_MAX = 1_073_741_824

const shared = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1)

/** Answers files.completeUploadExternal. Refuses with channel_not_found, thread_not_found, invalid_arguments, or file_not_found. */
export function completeUpload({ store, channel, files }: World, params: Params): Answer {
  const { channel_id = '', thread_ts, initial_comment = '' } = params
  const problem = unwritable(channel, { channel: channel_id }) ?? wrongThread(store, params)
  if (problem) return problem
  const named = shared.safeParse(parsed(params.files))
  if (!named.success) return refuse('invalid_arguments')
  const found = named.data.map(({ id, title }) => files.share(id, title ?? null))
  const all = found.flatMap((file) => file ?? [])
  if (all.length < found.length) return refuse('file_not_found')
  store.post({ user: BOT.id, text: initial_comment, thread: thread_ts ?? null, files: all })
  return { ok: true, files: all.map(({ id, title }) => ({ id, title })) }
}

function parsed(json = ''): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
