package io.millrace.connectors.erp;

import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery;
import java.util.Optional;

/**
 * An ERP's journal over HTTP: its answers say what it stored. It is what stands behind the {@code
 * erp-http-sink} Kamelet, which sets its properties.
 */
public final class ErpHttp extends KeyedHttp {
  @Override
  boolean isAbsent(int status) {
    return status == 404;
  }

  @Override
  Answer taken(Delivery.Step step, String key, String payload, byte[] answer) {
    Optional<StoredEntry> stored = StoredEntry.read(answer);
    return stored.isEmpty()
        ? new Answer.Lost("garbled-answer")
        : stored.get().judge(step, key, payload);
  }
}
