package io.millrace.ops.embedded;

import io.millrace.connectors.source.SlotLeases;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Leases of one slot that a test gives to whom it likes; the subscription outlives every holder.
 */
final class TestLeases {
  private final AtomicReference<String> holder = new AtomicReference<>("");
  private final AtomicReference<String> filter = new AtomicReference<>("");

  void give(String node) {
    holder.set(node);
  }

  SlotLeases of(String node) {
    return new SlotLeases() {
      @Override
      public boolean hold(String source, int slot) {
        return holder.get().equals(node);
      }

      @Override
      public void release(String source, int slot) {
        holder.compareAndSet(node, "");
      }

      @Override
      public Optional<String> subscription(String source, int slot) {
        return Optional.of(filter.get()).filter(f -> !f.isEmpty());
      }

      @Override
      public void subscribed(String source, int slot, String confirmed) {
        filter.set(confirmed);
      }
    };
  }
}
