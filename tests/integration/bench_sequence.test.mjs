// What the comparison of clients (bench/clients) counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sequence } from '../../bench/clients/sequence.mjs';

for (const [numbers, lost, doubled, disordered] of [
  [[1, 2, 3, 4], 0, 0, 0],
  [[1, 4], 2, 0, 0],
  [[1, 2, 2, 3, 4, 1], 0, 2, 0],
  [[1, 3, 2, 4], 0, 0, 1],
  [[4, 1, 2, 3], 0, 0, 3],
  [[], 4, 0, 0],
]) {
  test(`of four events, ${JSON.stringify(numbers)} has ${lost} lost, ${doubled} doubled, ${disordered} out of order`, () => {
    const sequence = new Sequence();
    numbers.forEach((number) => sequence.received(number));
    assert.deepEqual([sequence.lostOf(4), sequence.doubled, sequence.disordered], [lost, doubled, disordered]);
  });
}
