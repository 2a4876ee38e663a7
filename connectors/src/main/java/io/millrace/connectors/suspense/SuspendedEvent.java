package io.millrace.connectors.suspense;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event in suspense.
 *
 * @param hash its identity in the tenant: SHA-256 of source and bytes, lower-case hex
 * @param source the name of its source; its id where that is gone
 * @param reason a {@code Reason}'s code
 * @param state {@code open}, {@code charged}, {@code duplicate} or {@code discarded}
 * @param receivedAt when it came in
 * @param endedAt when it left suspense
 * @param endedBy who or what ended it
 * @param rawSize how many bytes it had
 * @param raw those that are kept; in a list only the first {@link SuspenseStore#HEAD}
 */
public record SuspendedEvent(
    String hash,
    String source,
    String reason,
    String state,
    Instant receivedAt,
    @Nullable Instant endedAt,
    @Nullable String endedBy,
    int rawSize,
    byte[] raw) {}
