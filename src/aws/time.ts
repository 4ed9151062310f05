// Compares the local clock, on which visibility windows are counted, with EC2's, by the Date header of an answer.
import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2'
import { aheadOfDateMs } from '../core/checkup.ts'
import type { Clients } from './clients.ts'

/** How far the local clock is ahead of EC2's, in ms, negative when behind; null without an answer or a Date. */
export async function aheadOfEc2Ms({ reading }: Clients, now: () => number): Promise<number | null> {
  let date: string | undefined
  const command = new DescribeAvailabilityZonesCommand({})
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers } = result.response as { headers?: Readonly<Record<string, string>> }
      date = headers?.date
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
  await reading.send(command).catch(() => undefined)
  return aheadOfDateMs(now(), date)
}
