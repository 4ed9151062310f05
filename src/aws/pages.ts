// A proxy's page with status 200. EC2 speaks XML, so a page that happens to be XML is read as an answer in which nothing is: every
// volume would count as gone, and every snapshot as never made.

/** A response as the HTTP handler gives it. */
type Response = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: { destroy?(): void }
}

/** A middleware of the SDK that throws where a page came, as the SDK throws what it cannot read. */
export function refusePages<Args, Result extends { readonly response: unknown }>(
  next: (args: Args) => Promise<Result>,
) {
  return async (args: Args): Promise<Result> => {
    const result = await next(args)
    const response = result.response as Response
    const isPage = response.headers['content-type']?.includes('html') ?? false
    // What has another status the SDK takes for an error by itself, and repeats.
    if (!isPage || response.statusCode >= 300) return result
    response.body?.destroy?.()
    throw Object.assign(new Error('a page came in the place of an answer'), { $response: response })
  }
}

/** Where it stands: inside of what reads the response. */
export const REFUSES = { step: 'deserialize', name: 'zonehopPages', priority: 'low' } as const
