package io.millrace.connectors.files;

import java.time.Instant;
import java.util.Optional;

/**
 * A file as an operator sees it.
 *
 * @param id its number, unique in its tenant
 * @param source whose it is
 * @param file as it was found
 * @param state what is known of it
 * @param lines of usage in it, once it has been checked
 * @param nextLine all lines before this one are disposed of
 * @param counts what became of the events in them, as it was told to who read it: what a crash has
 *     handed in again counts as a duplicate
 * @param sameAs of a replayed one: the file as which its bytes were read
 * @param reason of a failed one: why none of its lines was used
 * @param reader who reads it now
 * @param foundAt when it was first seen, by the database's clock
 * @param changedAt when any of this changed last
 */
public record FileReport(
    long id,
    String source,
    FoundFile file,
    FileClaim.State state,
    long lines,
    long nextLine,
    LineCounts counts,
    Optional<Long> sameAs,
    Optional<String> reason,
    Optional<String> reader,
    Instant foundAt,
    Instant changedAt) {}
