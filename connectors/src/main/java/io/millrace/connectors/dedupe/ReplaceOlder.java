package io.millrace.connectors.dedupe;

import com.hazelcast.map.EntryProcessor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts windows into the map, each only over an older one: what a node that lost its shard still has
 * to say replaces nothing newer (I7). Travels by {@link Wire}, never by Java serialization.
 */
@SuppressWarnings("serial")
final class ReplaceOlder implements EntryProcessor<WindowKey, PublishedWindow, Object> {

  final Map<WindowKey, PublishedWindow> windows;

  ReplaceOlder(Map<WindowKey, PublishedWindow> windows) {
    this.windows = windows;
  }

  @Override
  public @Nullable Object process(Map.Entry<WindowKey, PublishedWindow> entry) {
    PublishedWindow offered = windows.get(entry.getKey());
    @Nullable PublishedWindow there = entry.getValue();
    if (offered != null && (there == null || offered.isNewerThan(there))) {
      entry.setValue(offered);
    }
    return null;
  }
}
