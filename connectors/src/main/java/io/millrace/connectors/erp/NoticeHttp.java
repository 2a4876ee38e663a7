package io.millrace.connectors.erp;

import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery;
import java.nio.charset.StandardCharsets;

/**
 * Whoever is told of accounts over HTTP: any 2xx takes a notice, whatever it says. Asked for one by
 * {@code GET url/KEY}, only an answer that holds the key says that it was taken; a receiver that
 * can't be asked (404, 405, 410 or 501, or what answers anything) is sent the same notice again
 * under the same key where the outcome is unknown. It is what stands behind the {@code
 * notice-http-sink} Kamelet, which sets its properties.
 */
public final class NoticeHttp extends KeyedHttp {
  @Override
  boolean isAbsent(int status) {
    return status == 404 || status == 405 || status == 410 || status == 501;
  }

  @Override
  Answer taken(Delivery.Step step, String key, String payload, byte[] answer) {
    boolean says =
        step == Delivery.Step.POST || new String(answer, StandardCharsets.UTF_8).contains(key);
    return says ? new Answer.Holds(key) : new Answer.Absent();
  }
}
