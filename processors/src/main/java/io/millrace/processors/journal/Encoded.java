package io.millrace.processors.journal;

/**
 * A commit as its journal row holds it.
 *
 * @param rating what {@code apply} needs; no raw bytes, no name of a device
 * @param evidence the rest: raw bytes, names of devices, hashes of what was suspended
 * @param evidenceHash SHA-256 of {@code evidence}; it stays when the evidence goes
 * @param digest SHA-256 of number, tenant, rules, {@code rating} and {@code evidenceHash}
 */
public record Encoded(byte[] rating, byte[] evidence, byte[] evidenceHash, byte[] digest) {}
