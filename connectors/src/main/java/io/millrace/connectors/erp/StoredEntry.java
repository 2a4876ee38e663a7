package io.millrace.connectors.erp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an ERP says that it stored: {@code {"id": …, "key": …, "entry": {… "total": …}}}, the last
 * two only when it is asked.
 *
 * @param id the ERP's own id
 * @param key the key it is stored under, if it says
 * @param total the entry's total, if it shows the entry
 */
record StoredEntry(String id, @Nullable String key, @Nullable String total) {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
          .build();

  private static final int MAX_ID = 200;

  /** Reads an answer; empty where it isn't one. */
  static Optional<StoredEntry> read(byte[] json) {
    String id = null;
    String key = null;
    String total = null;
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING && field.equals("id")) {
          id = parser.getText();
        } else if (value == JsonToken.VALUE_STRING && field.equals("key")) {
          key = parser.getText();
        } else if (value == JsonToken.START_OBJECT && field.equals("entry")) {
          total = total(parser);
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null || id == null || id.isBlank() || id.length() > MAX_ID) {
        return Optional.empty();
      }
      return Optional.of(new StoredEntry(id, key, total));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The total of the entry whose object has begun; leaves the parser at its end. */
  private static @Nullable String total(JsonParser parser) throws IOException {
    String total = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_STRING && field.equals("total")) {
        total = parser.getText();
      } else {
        parser.skipChildren();
      }
    }
    return total;
  }

  /** Whether it is the entry that we sent, or mean to. */
  Answer judge(Delivery.Step step, String ours, String payload) {
    if (key != null ? !key.equals(ours) : step == Delivery.Step.READ) {
      return new Answer.Lost("answer-for-another-key");
    }
    if (total != null) {
      String sent = sentTotal(payload);
      if (!total.equals(sent)) {
        return new Answer.Differs("holds-another-total: " + shown(total) + " instead of " + sent);
      }
    }
    return new Answer.Holds(id);
  }

  private static String sentTotal(String payload) {
    try (JsonParser parser = JSON.createParser(payload)) {
      parser.nextToken();
      return String.valueOf(total(parser));
    } catch (IOException e) {
      throw new IllegalStateException("a payload of our own is no JSON", e);
    }
  }

  private static String shown(String text) {
    return text.matches("-?[0-9.]{1,40}") ? text : "something else";
  }
}
