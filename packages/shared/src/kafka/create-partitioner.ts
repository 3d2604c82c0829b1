import { type ICustomPartitioner, Partitioners } from 'kafkajs'
import { murmur2 } from './rules/murmur2.ts'

/**
 * kafkajs's default partitioner, which is the Java client's. A key's partition is computed here, since kafkajs does it
 * with big integers; all else is left to it.
 */
export const createPartitioner: ICustomPartitioner = () => {
  const byDefault = Partitioners.DefaultPartitioner()
  return (args) => {
    const { key, partition } = args.message
    if (key === null || key === undefined || (partition !== null && partition !== undefined)) return byDefault(args)
    const hash = murmur2(typeof key === 'string' ? Buffer.from(key) : key)
    return (hash & 0x7fffffff) % args.partitionMetadata.length
  }
}
