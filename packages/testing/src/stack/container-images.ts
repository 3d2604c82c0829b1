/** The images of the test containers; docker-compose.yml runs the same ones. */
export const IMAGES = {
  kafka: 'apache/kafka:4.1.0',
  mongodb: 'mongo:7.0.14',
  registry: 'apicurio/apicurio-registry:3.0.9',
} as const
