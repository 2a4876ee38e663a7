package io.millrace.connectors.dedupe;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.dedupe.DedupeWindow.Verdict;

/** Asks what the shards have published, from any node and any route. */
public final class PublishedWindows {

  private final IMap<WindowKey, PublishedWindow> map;

  /** Of this cluster. */
  public PublishedWindows(HazelcastInstance hazelcast) {
    map = hazelcast.getMap(HazelcastNode.WINDOWS);
  }

  /**
   * Whether an event is known to have been disposed of by a commit. False says nothing: ask the
   * shard that owns it.
   *
   * @param eventId its number, or the keyed fingerprint of its id
   * @param numbered whether it is a number
   * @param occurredAtMillis milliseconds since 1970-01-01 UTC
   */
  public boolean isDuplicate(WindowKey key, long eventId, boolean numbered, long occurredAtMillis) {
    PublishedWindow published = map.get(key);
    return published != null
        && DedupeWindow.decode(new ByteReader(published.bytes()))
                .test(eventId, numbered, occurredAtMillis)
            == Verdict.DUPLICATE;
  }
}
