package io.millrace.ops.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain maps, lists, strings, longs and booleans. A decimal is a string here, so that no
 * reader can make a double of it; a number with a fraction or an exponent is refused.
 */
public final class Json {
  private static final int MOST_DEPTH = 16;
  private static final int LONGEST_NUMBER = 19;
  private static final int LONGEST_OPEN_NUMBER = 64;

  private static final JsonFactory FACTORY = factory(LONGEST_NUMBER);
  private static final JsonFactory OPEN = factory(LONGEST_OPEN_NUMBER);

  private static JsonFactory factory(int longestNumber) {
    return JsonFactory.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MOST_DEPTH)
                .maxNumberLength(longestNumber)
                .build())
        .build();
  }

  /** What most answers fit in. */
  private static final int USUAL_BYTES = 1_024;

  private Json() {}

  /** An object whose members keep their order; members that are null are left out. */
  public static Map<String, Object> object(@Nullable Object... namesAndValues) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        members.put(String.valueOf(namesAndValues[i]), value);
      }
    }
    return members;
  }

  /** The bytes of a tree, indented by two spaces. */
  public static byte[] write(Object tree) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      out.useDefaultPrettyPrinter();
      write(out, tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /** A tree as one line of text. */
  public static String line(Object tree) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      write(out, tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, Object tree) throws IOException {
    switch (tree) {
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> e : map.entrySet()) {
          out.writeFieldName(String.valueOf(e.getKey()));
          write(out, e.getValue());
        }
        out.writeEndObject();
      }
      case Iterable<?> list -> {
        out.writeStartArray();
        for (Object each : list) {
          write(out, each);
        }
        out.writeEndArray();
      }
      case Integer n -> out.writeNumber(n);
      case Long n -> out.writeNumber(n);
      case Boolean b -> out.writeBoolean(b);
      default -> out.writeString(tree.toString());
    }
  }

  /**
   * Reads an object.
   *
   * @throws IOException where it isn't one, or holds what a tree can't
   */
  public static Map<String, Object> readObject(byte[] bytes) throws IOException {
    return readObject(FACTORY.createParser(bytes), false);
  }

  /**
   * Reads an object that others define, who may write any number: one that is no {@code long} is a
   * {@link BigDecimal} of up to 64 digits.
   *
   * @throws IOException where it isn't one
   */
  static Map<String, Object> readOpenObject(byte[] bytes) throws IOException {
    return readObject(OPEN.createParser(bytes), true);
  }

  private static Map<String, Object> readObject(JsonParser parser, boolean anyNumber)
      throws IOException {
    try (JsonParser in = parser) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not an object");
      }
      Map<String, Object> object = readMembers(in, anyNumber);
      if (in.nextToken() != null) {
        throw new IOException("something follows the object");
      }
      return object;
    }
  }

  private static Map<String, Object> readMembers(JsonParser in, boolean anyNumber)
      throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      Object value = readValue(in, in.nextToken(), anyNumber);
      if (value != null) {
        members.put(name, value);
      }
    }
    return members;
  }

  private static @Nullable Object readValue(JsonParser in, JsonToken token, boolean anyNumber)
      throws IOException {
    return switch (token) {
      case START_OBJECT -> readMembers(in, anyNumber);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while ((token = in.nextToken()) != JsonToken.END_ARRAY) {
          Object value = readValue(in, token, anyNumber);
          if (value == null) {
            throw new IOException("null in a list");
          }
          list.add(value);
        }
        yield list;
      }
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_INT ->
          anyNumber && in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? in.getDecimalValue()
              : in.getLongValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> {
        if (!anyNumber) {
          throw new IOException("a number with a fraction");
        }
        yield in.getDecimalValue();
      }
    };
  }
}
