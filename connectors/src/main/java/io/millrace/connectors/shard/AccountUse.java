package io.millrace.connectors.shard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.usage.Attributes;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that was used and is to be charged now, before it has a row of usage.
 *
 * @param source the id of the source that its row is counted for
 * @param seq its reservation's; 0 where there is none
 * @param n its reservation's
 * @param subscription whose, where there is no reservation
 * @param type the event type, by index; the reservation's, where there is one
 * @param value which of the type's readings, −1 where the event itself counts; likewise
 * @param quantity in the meter's scaled integers, 0 at least
 * @param last whether what is left of the reservation is released
 * @param said of the use; null for what was said of its reservation, and for nothing where it has
 *     none
 * @param raw what was asked but for that, an object, as evidence
 */
public record AccountUse(
    AccountRequest.Key key,
    int source,
    long seq,
    int n,
    long subscription,
    int type,
    int value,
    long quantity,
    boolean last,
    @Nullable Attributes said,
    String raw)
    implements RowedRequest {
  private static final JsonFactory JSON = new JsonFactory();

  public AccountUse {
    if (quantity < 0) {
      throw new IllegalArgumentException("a use of " + quantity);
    }
  }

  @Override
  public long size() {
    return said == null ? raw.length() : raw.length() + said.toString().length();
  }

  /** What was asked, and what is said of the use that its price hangs on: what proves its row. */
  byte[] evidence(Attributes of) {
    return (of.isEmpty()
            ? raw
            : raw.substring(0, raw.length() - 1) + ",\"attributes\":" + json(of) + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String json(Attributes of) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      for (Map.Entry<String, String> member : of.members().entrySet()) {
        out.writeStringField(member.getKey(), member.getValue());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  @Override
  public List<AccountUse> uses(Shard owned, long now) {
    return List.of(this);
  }

  @Override
  public AccountRequest request(int[] rows) {
    return new AccountRequest.Use(
        key, rows.length == 0 ? AccountRequest.Use.NO_ROW : rows[0], seq, n, last);
  }
}
