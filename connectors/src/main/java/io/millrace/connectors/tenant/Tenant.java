package io.millrace.connectors.tenant;

/**
 * A tenant of the installation.
 *
 * @param id in every key
 * @param name unique
 * @param shards how many it has, for ever
 * @param fingerprintKey 16 bytes, the key of its dedupe fingerprints
 */
public record Tenant(int id, String name, int shards, byte[] fingerprintKey) {}
