// How EC2 says no: a code, a sentence, an HTTP status. Codes and their side (client or server) are those of EC2's error
// reference; the sentences are close to EC2's own, since people read them in Slack.

/** An error as EC2 answers it: the message is EC2's sentence, the HTTP status follows from the code. */
export class Ec2Error extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string) {
    super(message)
    this.code = code
    this.status = STATUS[code] ?? 400
  }
}

/** The HTTP status of a code; all others are 400. EC2 answers its throttle as a server error. */
const STATUS: Readonly<Record<string, number>> = {
  DryRunOperation: 412,
  UnauthorizedOperation: 403,
  AuthFailure: 401,
  RequestLimitExceeded: 503,
  Unavailable: 503,
  InternalError: 500,
  InsufficientVolumeCapacity: 500,
  InsufficientInstanceCapacity: 500,
}

/** Refuses a call with one of EC2's error codes: throws an Ec2Error. */
export function refuse(code: string, message: string): never {
  throw new Ec2Error(code, message)
}

/** Refuses with InvalidParameterValue; `why` is the sentence that follows EC2's own. */
export function refuseValue(parameter: string, value: string, why: string): never {
  refuse('InvalidParameterValue', `Value (${value}) for parameter ${parameter} is invalid. ${why}`)
}

/** Refuses with MissingParameter. */
export function required(parameter: string): never {
  refuse('MissingParameter', `The request must contain the parameter ${parameter}`)
}
