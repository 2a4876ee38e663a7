package io.millrace.connectors.devices;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.millrace.connectors.tenant.DeviceVerdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A device as a JSON object: members subject, account, offer, from, to and group, all strings. */
final class JsonDevice {
  private static final int MOST_DEPTH = 16;

  /** Strict: no name twice, bounded in depth and in the length of a string. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MOST_DEPTH)
                  .maxStringLength(TextLines.LONGEST)
                  .maxNumberLength(64)
                  .build())
          .build();

  private JsonDevice() {}

  /** Reads the value that begins with the parser's current token, to its end. */
  static DeviceLine read(JsonParser in, int line) throws IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      in.skipChildren();
      return new DeviceLine.Bad(line, DeviceVerdict.MALFORMED);
    }
    @Nullable String subject = null;
    @Nullable String account = null;
    @Nullable String offer = null;
    @Nullable String from = null;
    @Nullable String to = null;
    String group = "";
    boolean wrong = false;
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      JsonToken token = in.nextToken();
      boolean absent = token == JsonToken.VALUE_NULL && name.equals("to");
      if (token != JsonToken.VALUE_STRING && !absent) {
        in.skipChildren();
        wrong = true;
        continue;
      }
      String text = in.getText();
      switch (name) {
        case "subject" -> subject = text;
        case "account" -> account = text;
        case "offer" -> offer = text;
        case "from" -> from = text;
        case "to" -> to = absent ? null : text;
        case "group" -> group = text;
        default -> wrong = true;
      }
    }
    return wrong || subject == null || account == null || offer == null || from == null
        ? new DeviceLine.Bad(line, DeviceVerdict.MALFORMED)
        : DeviceLine.of(line, subject, account, offer, from, to, group);
  }
}
