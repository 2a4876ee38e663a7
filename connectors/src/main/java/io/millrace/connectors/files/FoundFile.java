package io.millrace.connectors.files;

/**
 * A file as a server lists it. One that differs in any of these is another file.
 *
 * @param path from the server's root or the login's folder
 * @param size in bytes
 * @param modified seconds since 1970-01-01 UTC, by the server's clock
 */
public record FoundFile(String path, long size, long modified) {}
