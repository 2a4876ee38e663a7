package io.millrace.connectors.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextBlocksTest {
  private static final FileLimits LIMITS = new FileLimits(1 << 20, 1 << 20, 100, 40);

  private static List<String> lines(String text) throws IOException {
    Lines lines = new Lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 40);
    List<String> all = new ArrayList<>();
    while (lines.advance()) {
      all.add(lines.number() + " " + new String(lines.copy(), StandardCharsets.UTF_8));
    }
    return all;
  }

  private static List<String> blocks(String text, int size) throws IOException {
    TextBlocks blocks =
        new TextBlocks(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), LIMITS, size);
    TextBlock block = new TextBlock();
    List<String> all = new ArrayList<>();
    long before = 0;
    while (blocks.read(block)) {
      TextBlock.Walk walk = block.walk();
      while (walk.advance()) {
        String line = new String(walk.bytes(), walk.from(), walk.length(), StandardCharsets.UTF_8);
        all.add(before + walk.number() + " " + line);
      }
      if (walk.isTooLong()) {
        throw TextBlocks.tooLong(before + walk.number(), walk.longest());
      }
      before += walk.number();
    }
    return all;
  }

  private static String told(String text, int size) {
    try {
      return blocks(text, size).toString();
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /** However large blocks are, they have the lines that a file read line by line has. */
  @Test
  void anyText_hasTheLinesOfAWalkLineByLine() throws IOException {
    Random random = new Random(11);
    String[] parts = {"\n", "\r\n", "\r", "a", "é", "event", "0123456789", ""};
    for (int run = 0; run < 3_000; run++) {
      StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "\ufeff" : "");
      for (int i = random.nextInt(60); i > 0; i--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      String expected;
      try {
        expected = lines(text.toString()).toString();
      } catch (FileRefused e) {
        expected = e.getMessage();
      }
      assertEquals(expected, told(text.toString(), 1 + random.nextInt(70)), text.toString());
    }
  }

  @Test
  void lineOfTheLimit_isTakenAndALongerOneIsRefusedByItsNumber() {
    String most = "x".repeat(40);
    assertEquals("[1 " + most + "]", told("\ufeff" + most + "\r\n", 1));
    assertEquals(
        "line 3 is longer than 40 bytes; raise longestLine", told("a\n\n" + most + "y\nb\n", 1));
    assertEquals(
        "line 2 is longer than 40 bytes; raise longestLine", told("a\n" + "z".repeat(900), 1));
  }

  @Test
  void emptyText_hasNoBlock() throws IOException {
    TextBlocks none = new TextBlocks(new ByteArrayInputStream(new byte[0]), LIMITS);
    assertFalse(none.read(new TextBlock()));
    TextBlocks one = new TextBlocks(new ByteArrayInputStream(new byte[] {'a'}), LIMITS);
    assertTrue(one.read(new TextBlock()));
  }
}
