// The wire of the Web API and of `response_url`: forms in, JSON out, tokens checked and calls paced as Slack does.
import { Hono, type HonoRequest } from 'hono'
import type { Answer, Params, Scope, World } from './answers.ts'
import { APP_METHODS, METHODS } from './api.ts'
import { refuse } from './chat.ts'
import type { Rates } from './rates.ts'
import type { Reply, Responder } from './respond.ts'
import { APP_SCOPE, withoutScope } from './scopes.ts'

type Wire = {
  readonly world: World
  readonly tokens: { readonly bot: string; readonly app: string }
  /** What the bot's token may do. */
  readonly scopes: readonly Scope[]
  readonly responder: Responder
  /** Null where no call has to wait. */
  readonly rates: Rates | null
  readonly touch: () => void
  /** Whether nothing of the Web API and of `response_url`s serves. */
  readonly isAway: () => boolean
  /** The code with which a method is refused on the channel whatever it asks; null where it is not. */
  readonly refusalOf: (method: string) => string | null
  readonly onAnswer: (method: string, answer: Answer) => void
  readonly page: (request: Request) => Response | Promise<Response>
}

/**
 * What this Slack answers over HTTP: the Web API, with 429 and `retry-after` beyond its rates, `response_url`s, and the
 * page at every other path.
 */
export function routes({
  world,
  tokens,
  scopes,
  responder,
  rates,
  touch,
  onAnswer,
  isAway,
  refusalOf,
  page,
}: Wire): Hono {
  const app = new Hono()
  for (const path of ['/api/*', '/response/*', '/upload/*']) {
    app.use(path, async ({ text }, next) => (isAway() ? text('away', 503) : await next()))
  }
  app.use('/api/*', async (_, next) => {
    touch()
    await next()
    touch()
  })
  app.post('/api/:method', async ({ req, json }) => {
    const params = readParams(req.header('content-type') ?? '', await req.text())
    const token = req.header('authorization')?.replace(/^Bearer /, '') ?? params.token ?? ''
    const method = req.param('method')
    const seconds = rates?.retryAfterSeconds(method, params.channel ?? '') ?? 0
    const code = params.channel === world.channel.id ? refusalOf(method) : null
    const answer =
      wrongToken(method, token, tokens) ??
      withoutScope(method, scopes) ??
      (code === null ? null : refuse(code)) ??
      (seconds > 0 ? refuse('ratelimited') : perform(world, method, params))
    onAnswer(method, answer)
    if (answer.error === 'ratelimited') return json(answer, 429, { 'retry-after': String(seconds) })
    const granted = token === tokens.app ? APP_SCOPE : scopes.join(',')
    return json(answer, 200, answer.error === 'invalid_auth' ? {} : { 'x-oauth-scopes': granted })
  })
  app.post('/response/:id', async ({ req, json, text }) => {
    touch()
    const reply = readReply(req.header('content-type') ?? '', await req.text())
    const { status, refusal } = reply
      ? responder.use(req.param('id'), reply)
      : { status: 400, refusal: refuse('invalid_payload') }
    touch()
    return refusal ? json(refusal, status === 404 ? 404 : 400) : text('ok')
  })
  // The address itself is the permission, as Slack's is: no token goes with the bytes.
  app.post('/upload/:id', async ({ req, text }) => {
    touch()
    const bytes = await sentBytes(req)
    return bytes && world.files.send(req.param('id'), bytes)
      ? text(`OK - ${bytes.byteLength}`)
      : text('no such upload', 400)
  })
  app.get('/files/:id', ({ req, body, text }) => {
    const file = world.files.read(req.param('id'))
    return file ? body(Uint8Array.from(file.bytes), 200, headersOf(file.name)) : text('no such file', 404)
  })
  app.all('*', ({ req }) => page(req.raw))
  return app
}

/** Slack takes the bytes as they are, or as the one file of a form; null where there are none. */
async function sentBytes(req: HonoRequest): Promise<Uint8Array | null> {
  const isForm = req.header('content-type')?.startsWith('multipart/form-data') ?? false
  if (!isForm) return new Uint8Array(await req.arrayBuffer())
  const file = [...(await req.formData()).values()].find((value) => value instanceof File)
  return file ? new Uint8Array(await file.arrayBuffer()) : null
}

/** Never a type that a browser runs. */
function headersOf(name: string) {
  const type = name.endsWith('.png') ? 'image/png' : 'text/plain; charset=utf-8'
  return { 'content-type': type, 'x-content-type-options': 'nosniff' }
}

function perform(world: World, method: string, params: Params): Answer {
  return METHODS[method]?.(world, params) ?? refuse('unknown_method')
}

function wrongToken(method: string, token: string, tokens: Wire['tokens']): Answer | null {
  if (token === '') return refuse('not_authed')
  if (token !== tokens.bot && token !== tokens.app) return refuse('invalid_auth')
  const wanted = APP_METHODS.includes(method) ? tokens.app : tokens.bot
  return token === wanted || !METHODS[method] ? null : refuse('not_allowed_token_type')
}

/** Forms are what the SDK sends; Slack takes JSON too, where objects are themselves instead of texts. */
function readParams(contentType: string, body: string): Params {
  if (!contentType.startsWith('application/json')) return Object.fromEntries(new URLSearchParams(body))
  const parsed = parseObject(body) ?? {}
  return Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

function readReply(contentType: string, body: string): Reply | null {
  if (!contentType.startsWith('application/x-www-form-urlencoded')) return parseObject(body)
  return parseObject(new URLSearchParams(body).get('payload') ?? '')
}

function parseObject(json: string): Reply | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Reply) : null
  } catch {
    return null
  }
}
