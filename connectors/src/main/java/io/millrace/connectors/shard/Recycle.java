package io.millrace.connectors.shard;

import io.millrace.processors.usage.UsageBatch;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Events to be tried again: the suspense rows they are of, and who allows them to be too old. */
record Recycle(
    UsageBatch usage,
    List<Work.Waiting> rows,
    @Nullable String override,
    CompletableFuture<Void> answer) {}
