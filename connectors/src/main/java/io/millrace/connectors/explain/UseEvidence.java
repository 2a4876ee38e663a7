package io.millrace.connectors.explain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.catalog.Meter;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.usage.Attributes;
import io.millrace.processors.usage.UsageBatch;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What proves a use that was charged to an account at once: the request for it, an object that
 * names a meter, a quantity and what is said of the use, and in a session also what a network
 * function sent.
 */
final class UseEvidence {
  private static final JsonFactory JSON = new JsonFactory();

  private UseEvidence() {}

  /** Whether a request says what its row was charged as. */
  static boolean saysTheSame(byte[] raw, UsageBatch usage, Rules rules) {
    String meter = null;
    String quantity = null;
    Attributes said = Attributes.NONE;
    try (JsonParser in = JSON.createParser(raw)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals("meter")) {
          meter = in.getText();
        } else if (name.equals("quantity")) {
          quantity = in.getText();
        } else if (name.equals("attributes")) {
          said = attributes(in);
        } else {
          in.skipChildren();
        }
      }
      return in.currentToken() == JsonToken.END_OBJECT
          && meter != null
          && quantity != null
          && isOf(
              rules.catalog().meters().get(meter), new BigDecimal(quantity), said, usage, rules);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Attributes attributes(JsonParser in) throws IOException {
    Map<String, String> members = new HashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      members.put(name, String.valueOf(in.nextTextValue()));
    }
    return Attributes.of(members);
  }

  private static boolean isOf(
      @Nullable Meter meter,
      BigDecimal quantity,
      Attributes attributes,
      UsageBatch usage,
      Rules rules) {
    if (meter == null || usage.type[0] >= rules.types().size()) {
      return false;
    }
    Rules.EventType type = rules.types().get(usage.type[0]);
    List<Meter> meters = type.meters();
    int from = usage.valueFrom[0];
    int stored = usage.valueFrom[1] - from;
    int measured = meters.indexOf(meter);
    if (measured >= stored) {
      return false;
    }
    long[] told = Arrays.copyOf(attributes.told(meters), meters.size());
    for (int v = 0; v < stored; v++) { // What later versions read is none of its.
      long read = usage.values[from + v];
      boolean isSaid =
          v == measured
              ? (told[v] != UsageBatch.NOT_READ || attributes.equals(Attributes.NONE))
                  && BigDecimal.valueOf(read, meter.scale()).compareTo(quantity) == 0
              : read == told[v];
      if (!isSaid) {
        return false;
      }
    }
    return type.name().equals(meter.eventType());
  }
}
