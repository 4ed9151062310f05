// What time EC2 thinks it is, by the Date of its answer: visibility windows are counted on the clock here.
import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2'
import type { Clients } from './clients.ts'

/** How far the clock here is ahead, in ms; null where EC2 does not answer or does not say. */
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
  return date === undefined ? null : now() - Date.parse(date)
}
