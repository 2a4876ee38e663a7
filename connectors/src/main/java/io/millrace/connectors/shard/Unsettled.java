package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Fence;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * A commit of which it is not known whether it was made.
 *
 * @param asked what the caller wanted done
 * @param work the same without what was refused
 */
record Unsettled(
    Work asked,
    TreeMap<Integer, Applied> applied,
    List<Fence> fences,
    Work work,
    Set<Integer> lost) {}
