package io.millrace.processors.explain;

/**
 * What one check of a charge came to.
 *
 * @param check its stable name
 * @param good whether it holds
 * @param says what was compared, or what is wrong and where
 */
public record Verdict(String check, boolean good, String says) {}
