package io.millrace.connectors.codec;

/**
 * What a source hands to the engine at once: a message's or a file's bytes, and what its transport
 * said of them.
 *
 * @param bytes must not change until the source is told of their outcome
 */
public record Payload(byte[] bytes, Transport transport) {}
