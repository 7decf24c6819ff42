import { describe, expect, it } from 'vitest';
import { findAliases, findNamedBy } from '../../bindings/diagnose/doubles/index.js';

it.each([
  [['medium', 'campaign_id', 'campaign_name'], [{ id: 'campaign_id', name: 'campaign_name' }]],
  [['campaign', 'Campaign ID'], [{ id: 'Campaign ID', name: 'campaign' }]],
  [['CampaignName', 'CampaignId'], [{ id: 'CampaignId', name: 'CampaignName' }]],
  [['doctor', 'doctor_id', 'doctor_name'], [{ id: 'doctor_id', name: 'doctor_name' }]],
  [['id', 'name'], [{ id: 'id', name: 'name' }]],
  [
    ['campaign_id', 'ad_id', 'campaign_name', 'ad_name'],
    [
      { id: 'campaign_id', name: 'campaign_name' },
      { id: 'ad_id', name: 'ad_name' },
    ],
  ],
  [['campaign', 'ad_id', 'valid'], []],
])('columns %j: %j', (columns, pairs) => {
  expect(findNamedBy(columns)).toEqual(pairs);
});

describe('findAliases', () => {
  const rowsOf = (...columns: [number[], number[], number[]]) => findAliases(...columns).map(({ rows }) => rows);

  it('gives the first row of each text of a thing that has several', () => {
    expect(rowsOf([1, 2, 1, 1, 2], [5, 6, 7, 5, 6], [0, 0, 0, 0, 0])).toEqual([[0, 2]]);
    expect(rowsOf([1, 1, 2, 2], [5, 6, 5, 6], [0, 0, 0, 0])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('keeps things of two scopes apart', () => {
    expect(rowsOf([1, 1], [5, 6], [0, 1])).toEqual([]);
  });
});
