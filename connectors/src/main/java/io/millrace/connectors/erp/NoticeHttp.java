package io.millrace.connectors.erp;

import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery;

/**
 * Whoever is told of accounts over HTTP: any 2xx takes a notice, whatever it says. A receiver that
 * can't be asked for a key (404, 405, 410 or 501 to {@code GET url/KEY}) is sent the same notice
 * again under the same key where the outcome is unknown. It is what stands behind the {@code
 * notice-http-sink} Kamelet, which sets its properties.
 */
public final class NoticeHttp extends KeyedHttp {
  @Override
  boolean isAbsent(int status) {
    return status == 404 || status == 405 || status == 410 || status == 501;
  }

  @Override
  Answer taken(Delivery.Step step, String key, String payload, byte[] answer) {
    return new Answer.Holds(key);
  }
}
