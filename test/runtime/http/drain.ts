/** A process that leases and acknowledges over HTTP until nothing is left, and prints what it had. */
const [url = '', outbox = ''] = process.argv.slice(2);

interface Leased {
  readonly leaseId: number | null;
  readonly records: readonly { readonly position: number }[];
}

async function post(path: string, body: object): Promise<Response> {
  return fetch(`${url}/v1/outboxes/${outbox}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

for (;;) {
  const response = await post('leases', { max: 7 });
  const { leaseId, records } = (await response.json()) as Leased;
  if (leaseId === null) break;
  const positions = records.map(({ position }) => position);
  const acked = await post(`leases/${leaseId}/ack`, { positions });
  if (acked.status !== 204) throw new Error(`ack: ${acked.status} ${await acked.text()}`);
  console.log(positions.join(' '));
}
