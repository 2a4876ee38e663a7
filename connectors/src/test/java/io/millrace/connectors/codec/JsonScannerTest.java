package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The scanner takes exactly what Jackson takes at its strictest, less what I-JSON forbids. */
class JsonScannerTest {

  private static final JsonFactory JACKSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonScanner.MAX_DEPTH)
                  .maxNumberLength(JsonScanner.MAX_NUMBER)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\":",
    "\"b\":",
    "\"\\u0061\":",
    "1",
    "-0.5e3",
    "007",
    "1.",
    "true",
    "false",
    "null",
    "nul",
    " ",
    "\n",
    "\t",
    "\"x\\ny\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"ñ😀\"",
    "\\",
    "\u0001",
    "\u0000",
    "/**/",
    "NaN",
    "+1",
    ".5",
    "'a'",
    "e",
    "E+",
    "\"\\x\"",
    "\"\\u12g4\"",
    "{}",
    "[]",
    "[1,2]",
    "\u00a0",
    "\ufeff"
  };

  private final JsonScanner scanner = new JsonScanner();

  private boolean takes(byte[] json) {
    scanner.begin(json, 0, json.length);
    return scanner.skip() && scanner.atEnd();
  }

  private boolean takes(String json) {
    return takes(json.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean jacksonTakes(byte[] json) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      return false;
    }
    // As characters, so that Jackson neither guesses an encoding nor drops a byte order mark.
    try (JsonParser parser = JACKSON.createParser(text.toCharArray())) {
      if (parser.nextToken() == null) {
        return false;
      }
      do {
        if ((parser.currentToken() == JsonToken.VALUE_STRING
                || parser.currentToken() == JsonToken.FIELD_NAME)
            && hasLoneSurrogate(parser.getText())) {
          return false;
        }
        if (parser.currentToken().isStructEnd() || parser.currentToken().isScalarValue()) {
          if (parser.getParsingContext().inRoot()) {
            return parser.nextToken() == null;
          }
        }
      } while (parser.nextToken() != null);
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean hasLoneSurrogate(String text) {
    return text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  @Property(tries = 20_000)
  void json_put_together_at_random_is_taken_as_jackson_does(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    if (random.nextBoolean()) {
      value(random, text, 0);
    } else {
      for (int i = random.nextInt(9); i >= 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
    }
    byte[] json = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextBoolean() && json.length > 0) {
      json[random.nextInt(json.length)] = (byte) random.nextInt(256);
    }
    assertEquals(
        jacksonTakes(json), takes(json), () -> new String(json, StandardCharsets.ISO_8859_1));
  }

  @Property(tries = 2_000)
  void a_string_reads_as_jackson_reads_it(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder("\"");
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append(
          switch (random.nextInt(6)) {
            case 0 -> "\\n";
            case 1 -> "\\u%04x".formatted(random.nextInt(0xD800));
            case 2 -> "\\uD83D\\uDE%02X".formatted(random.nextInt(64));
            case 3 -> Character.toString(0x10000 + random.nextInt(0x100000));
            case 4 -> "ñ€";
            default -> "plain ascii";
          });
    }
    byte[] json = text.append('"').toString().getBytes(StandardCharsets.UTF_8);
    assertTrue(takes(json));
    try (JsonParser parser = JACKSON.createParser(json)) {
      parser.nextToken();
      assertEquals(
          parser.getText(),
          new String(scanner.bytes, scanner.from, scanner.length, StandardCharsets.UTF_8));
    }
  }

  @Test
  void a_name_that_comes_twice_is_refused_however_it_is_written() {
    assertTrue(takes("{\"a\":1,\"b\":{\"a\":1},\"c\":[{\"a\":2},{\"a\":3}]}"));
    assertFalse(takes("{\"a\":1,\"b\":2,\"a\":1}"));
    assertFalse(takes("{\"a\":1,\"\\u0061\":1}"));
    assertFalse(takes("[{\"x\":{\"y\":1,\"y\":1}}]"));
  }

  @Test
  void bytes_that_are_no_utf8_are_refused() {
    int[][] bad = {
      {0xC0, 0x80},
      {0xC1, 0xBF},
      {0xE0, 0x9F, 0xBF},
      {0xED, 0xA0, 0x80},
      {0xF0, 0x8F, 0xBF, 0xBF},
      {0xF4, 0x90, 0x80, 0x80},
      {0xF5, 0x80, 0x80, 0x80},
      {0x80},
      {0xC3},
      {0xE2, 0x82},
      {0xFF}
    };
    for (int[] sequence : bad) {
      byte[] json = new byte[sequence.length + 2];
      json[0] = '"';
      for (int i = 0; i < sequence.length; i++) {
        json[i + 1] = (byte) sequence[i];
      }
      json[sequence.length + 1] = '"';
      assertFalse(takes(json));
    }
  }

  @Test
  void limits_are_kept_to_the_byte() {
    assertTrue(takes("[".repeat(64) + "]".repeat(64)));
    assertFalse(takes("[".repeat(65) + "]".repeat(65)));
    assertTrue(takes("1".repeat(64)));
    assertFalse(takes("1".repeat(65)));
    assertTrue(takes("\"" + "x".repeat(1 << 16) + "\""));
    assertFalse(takes("\"" + "x".repeat((1 << 16) + 1) + "\""));
    assertFalse(takes("\"\\n" + "x".repeat(1 << 16) + "\""));
    assertTrue(takes(members(512)));
    assertFalse(takes(members(513)));
  }

  private static String members(int n) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < n; i++) {
      text.append(i == 0 ? "" : ",").append('"').append(i).append("\":0");
    }
    return text.append('}').toString();
  }

  private static void value(Random random, StringBuilder into, int depth) {
    switch (depth > 4 ? 2 : random.nextInt(4)) {
      case 0 -> {
        into.append('{');
        for (int i = random.nextInt(4); i > 0; i--) {
          into.append('"').append((char) ('a' + random.nextInt(8))).append("\": ");
          value(random, into, depth + 1);
          into.append(i > 1 ? "," : "");
        }
        into.append('}');
      }
      case 1 -> {
        into.append('[');
        for (int i = random.nextInt(4); i > 0; i--) {
          value(random, into, depth + 1);
          into.append(i > 1 ? " ,\n" : "");
        }
        into.append(']');
      }
      default -> {
        String[] scalars = {
          "0",
          "-0",
          "12.50",
          "1e9",
          "\"\"",
          "\"a b\"",
          "\"\\u00e9\\\\\"",
          "true",
          "null",
          "01",
          "\"\\ud800\"",
          "\"😀\""
        };
        into.append(scalars[random.nextInt(scalars.length)]);
      }
    }
  }
}
