import { connect } from 'node:net'

const METADATA = 3
const CORRELATION_ID = 1
const MOST_BYTES = 1024 * 1024

/**
 * Whether a broker answers and knows a live broker: a listening socket alone is there earlier than that.
 * Sends one Metadata request, version 1, for no topics (the Kafka protocol guide, "Metadata API").
 * @returns false when there is no answer within a second or the answer names no broker
 */
export function kafkaIsReady(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 })
    const end = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    let received = Buffer.alloc(0)
    socket.on('connect', () => socket.write(metadataRequest()))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 12) end(brokerCount(received) > 0)
      else if (received.length > MOST_BYTES) end(false)
    })
    socket.on('error', () => end(false))
    socket.on('timeout', () => end(false))
    socket.on('close', () => end(false))
  })
}

/** Size, then header version 1 (API key, version, correlation id, client id), then an empty array of topics. */
function metadataRequest(): Buffer {
  const client = Buffer.from('stack')
  const request = Buffer.alloc(4 + 8 + 2 + client.length + 4)
  request.writeInt32BE(request.length - 4, 0)
  request.writeInt16BE(METADATA, 4)
  request.writeInt16BE(1, 6)
  request.writeInt32BE(CORRELATION_ID, 8)
  request.writeInt16BE(client.length, 12)
  client.copy(request, 14)
  request.writeInt32BE(0, 14 + client.length)
  return request
}

/** The response is size, correlation id, then the array of brokers that begins with its length. */
function brokerCount(response: Buffer): number {
  return response.readInt32BE(4) === CORRELATION_ID ? response.readInt32BE(8) : 0
}
