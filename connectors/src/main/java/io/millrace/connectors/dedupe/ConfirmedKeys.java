package io.millrace.connectors.dedupe;

import java.util.UUID;

/** The durable truth of an idempotent repository: the keys whose work is done. */
public interface ConfirmedKeys {

  /** Whether the key's work is done. */
  boolean contains(UUID fingerprint);

  /**
   * Remembers, durably, that the key's work is done.
   *
   * @return false where it was already remembered
   */
  boolean confirm(UUID fingerprint);

  /** Forgets all keys of the repository. */
  void clear();
}
