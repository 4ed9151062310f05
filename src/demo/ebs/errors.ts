// How the EBS direct APIs say no: a code and, for most, a reason, with the HTTP status of their reference.

/** An error as the EBS direct APIs answer it. */
export class EbsError extends Error {
  readonly code: EbsCode
  readonly reason: string | null
  readonly status: number
  constructor(code: EbsCode, reason: string | null, message: string) {
    super(message)
    this.code = code
    this.reason = reason
    this.status = STATUS[code]
  }
}

/** HTTP status by code ("Errors" of ListChangedBlocks, and "Common Errors" for what no operation is known for). */
const STATUS = {
  AccessDeniedException: 403,
  InternalServerException: 500,
  RequestThrottledException: 400,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  ValidationException: 400,
} as const

/** The codes that the simulator answers. */
export type EbsCode = keyof typeof STATUS

/** Whether the simulator can answer this code. */
export function isEbsCode(code: string): code is EbsCode {
  return Object.hasOwn(STATUS, code)
}

/** Refuses a call: throws an EbsError. `reason` is one of the words that the API has for the code. */
export function refuseEbs(code: EbsCode, reason: string | null, message: string): never {
  throw new EbsError(code, reason, message)
}
