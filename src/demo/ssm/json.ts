// The JSON protocol of SSM and Service Quotas: the action in a header, a JSON object each way, times in seconds.
import { Buffer } from 'node:buffer'

/** The object that a call is asked with. */
export type Input = Readonly<Record<string, unknown>>
/** The object that a call answers, or a part of it. */
export type Output = Readonly<Record<string, unknown>>

/** An error as SSM answers it, with its code; the status is 500 for InternalServerError, else 400. */
export class SsmError extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string) {
    super(message)
    this.code = code
    this.status = code === 'InternalServerError' ? 500 : 400
  }
}

/** Refuses a call with one of SSM's error codes: throws an SsmError. */
export function refuse(code: string, message: string): never {
  throw new SsmError(code, message)
}

/** Whether a value is an object, neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A request's body; an empty one is an empty object. Refuses with SerializationException. */
export function parseJson(body: string): Input {
  try {
    const parsed: unknown = JSON.parse(body === '' ? '{}' : body)
    if (isRecord(parsed)) return parsed
  } catch {
    // Refused below.
  }
  return refuse('SerializationException', 'The request is not a JSON object.')
}

/** A text, or null where it is missing. Refuses anything else with SerializationException. */
export function textIn(input: Input, key: string): string | null {
  const value = input[key]
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : refuse('SerializationException', `${key} is not a text.`)
}

/** A text that has to be there and not be empty. Refuses with ValidationException. */
export function given(input: Input, key: string): string {
  return (
    textIn(input, key) ||
    refuse('ValidationException', `Value at '${key}' failed to satisfy constraint: it must not be null`)
  )
}

/** A whole number from `min` to `max`, or null where it is missing. Refuses anything else with ValidationException. */
export function numberIn(input: Input, key: string, { min, max }: { min: number; max: number }): number | null {
  const value = input[key]
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  return refuse(
    'ValidationException',
    `Value at '${key}' failed to satisfy constraint: it must be from ${min} to ${max}`,
  )
}

/** A list of texts, empty where it is missing. Refuses anything else with SerializationException. */
export function listIn(input: Input, key: string): string[] {
  const value = input[key]
  if (value === undefined || value === null) return []
  const isTexts = Array.isArray(value) && value.every((each) => typeof each === 'string')
  return isTexts ? value : refuse('SerializationException', `${key} is not a list of texts.`)
}

/** A list of objects, empty where it is missing. Refuses anything else with SerializationException. */
export function recordsIn(input: Input, key: string): Input[] {
  const value = input[key]
  if (value === undefined || value === null) return []
  return Array.isArray(value) && value.every(isRecord)
    ? value
    : refuse('SerializationException', `${key} is not a list of records.`)
}

/** A time as the protocol has it: seconds since 1970, with a fraction. */
export function epoch(ms: number): number {
  return ms / 1000
}

/**
 * A page of rows that are in an order of their own; the token is where the next one begins. Refuses with
 * InvalidNextToken, or with ValidationException for a MaxResults out of bounds.
 */
export function pageOf<Row>(
  input: Input,
  rows: readonly Row[],
  { min, max }: { min: number; max: number },
): { rows: readonly Row[]; NextToken?: string } {
  const size = numberIn(input, 'MaxResults', { min, max }) ?? max
  const from = offsetIn(textIn(input, 'NextToken'))
  const next = from + size < rows.length ? { NextToken: Buffer.from(`rows ${from + size}`).toString('base64url') } : {}
  return { rows: rows.slice(from, from + size), ...next }
}

function offsetIn(token: string | null): number {
  if (!token) return 0
  const [word, offset] = Buffer.from(token, 'base64url').toString().split(' ')
  return word === 'rows' && /^\d+$/.test(offset ?? '')
    ? Number(offset)
    : refuse('InvalidNextToken', 'The specified token is not valid.')
}
