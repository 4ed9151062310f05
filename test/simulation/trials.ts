// The trials that run with the tests, in parts that may run beside each other.
import { expect } from 'vitest'
import { runTrial } from './trial.ts'

/**
 * Seeds that once broke an invariant, of trials with no later version. What each drew may have changed since, so the cause of each
 * has a test of its own beside the code; here stand whole days like it.
 */
export const ONCE_BROKEN = [
  1256491779, 907895, 5906017, 6200587, 772165, 904272, 1201072, 1201342, 1_015_952_347, 11002993, 11000780, 13000476,
  14000693, 14000801, 15000569, 15006687, 16006496, 16007864, 16009529, 16009799, 1_013_555_672, 21_103_315,
  1_011_812_457, 21_400_549, 21_401_088, 21_402_032, 21_402_558, 21_404_708, 21_500_536, 21_600_259, 21_600_321,
  21_600_874, 1_183_821_797, 21_905_594, 22_000_260, 22_000_346, 1_031_394_653, 22_302_334, 22_311_227, 22_312_239,
  22_320_833, 22_330_860, 22_350_062, 22_350_205, 22_350_894, 22_371_105, 1_239_275_509, 22_409_865, 22_420_008,
  22_420_615, 22_430_015, 22_450_081, 22_462_265, 22_480_935, 22_510_633, 1_172_445_177, 1_191_630_743, 1_186_530_870,
  567, 1_083_611_442, 1_110_226_197, 22_551_593, 22_560_041, 1_152_566_322, 22_631_921, 22_632_194, 22_633_091,
  22_657_156, 22_681_036, 22_700_487, 22_701_059, 22_720_017, 22_731_571, 22_734_489, 22_734_782,
]

/** Every invariant holds in each. A failure is run again by `npm run simulate -- --seed N`. */
export async function holdsFrom(first: number, count: number): Promise<void> {
  const sums = { crashes: 0, faults: 0 }
  for (let seed = first; seed < first + count; seed++) {
    const { violations, transcript, crashes, faults } = await runTrial(seed)
    expect(violations, `npm run simulate -- --seed ${seed}\n${transcript.slice(-40).join('\n')}`).toEqual([])
    sums.crashes += crashes
    sums.faults += faults
  }
  // A simulation in which nothing happens finds nothing.
  expect(sums.crashes).toBeGreaterThan(count)
  expect(sums.faults).toBeGreaterThan(count)
}
